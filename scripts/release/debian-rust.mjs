// Rust with the sources of its library, out of Debian's packages: what compiles for any system where rustup has no library
// for it. It is unpacked into a folder of `target/` and installed nowhere; apt's own lists are read into that folder too.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../checks.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = join(root, 'target/debian-rust');
/** The compiler, its library, the sources of that; the second are newer, for browsers on an older Debian. */
const FAMILIES = [
  ['rustc', 'libstd-rust-dev', 'rust-src'],
  ['rustc-web', 'libstd-rust-web-dev', 'rust-web-src'],
];
/** What these need of what is not on every machine. */
const LIBRARIES = /\b(?:libstd-rust(?:-web)?-\d[\w.-]*|libllvm\d+)\b/g;
const OPTIONS = [
  ...['-o', `Dir::State::Lists=${join(home, 'lists')}`, '-o', `Dir::Cache=${join(home, 'cache')}`],
  ...['-o', 'APT::Sandbox::User=root'],
];

/** Answers `env` and `args` for cargo, or `missing`: why it can't be had. */
export function debianRust() {
  try {
    const folder = join(home, 'unpacked');
    if (!existsSync(folder)) unpack(folder);
    const [libraries] = readdirSync(join(folder, 'usr/lib')).filter((name) => name.endsWith('-linux-gnu'));
    const env = {
      RUSTC: join(folder, 'usr/bin/rustc'),
      RUSTC_BOOTSTRAP: '1', // which allows -Z
      LD_LIBRARY_PATH: join(folder, 'usr/lib', libraries),
      CARGO_TARGET_DIR: join(home, 'built'),
      CARGO_INCREMENTAL: '0',
      CARGO_PROFILE_DEV_DEBUG: '0',
    };
    const args = ['-Zbuild-std=std,panic_unwind', '-Zbuild-std-features=panic-unwind'];
    const isReady = { ...process.env, ...env };
    succeeds(env.RUSTC, ['--version'], isReady);
    succeeds('cargo', ['fetch', '--quiet', '--locked', args[0]], isReady); // the crates of Rust's library
    return { env, args };
  } catch (error) {
    return { missing: error.message };
  }
}

function unpack(folder) {
  for (const name of ['lists', 'cache/archives']) mkdirSync(join(home, name, 'partial'), { recursive: true });
  succeeds('apt-get', [...OPTIONS, 'update']);
  const names = newEnough();
  const staging = join(home, 'staging');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  succeeds('apt-get', [...OPTIONS, 'download', ...names], process.env, staging);
  for (const file of readdirSync(staging)) {
    succeeds('dpkg', ['-x', file, '.'], process.env, staging);
    rmSync(join(staging, file));
  }
  linkSources(staging);
  for (const name of ['lists', 'cache']) rmSync(join(home, name), { recursive: true });
  renameSync(staging, folder);
}

/** Packages of one version, not older than the Rust that the crate asks for, and the libraries that they need. */
function newEnough() {
  const [, oldest] = /^rust-version = "([\d.]+)"/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
  const seen = [];
  for (const family of FAMILIES) {
    const versions = family.map((name) => /^Version: (\S+)/m.exec(shown(name))?.[1]);
    if (versions[0] === undefined || new Set(versions).size > 1) continue;
    seen.push(`${family[0]} ${versions[0]}`);
    if (isOlder(versions[0], oldest)) continue;
    const names = new Set(family);
    for (const name of names) for (const [each] of shown(name).matchAll(LIBRARIES)) names.add(each);
    return [...names];
  }
  throw new Error(`apt has ${seen.join(' and ') || 'no rustc'}, and the crate needs Rust ${oldest}`);
}

/** What apt knows of a package that is named so, and of what it depends on. */
function shown(name) {
  const { status, stdout } = run('apt-cache', [...OPTIONS, 'show', '--no-all-versions', name], root);
  return status === 0 ? stdout.replaceAll(/^(?!Version: |Depends: ).*\n/gm, '') : '';
}

function isOlder(version, oldest) {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldest.split('.').map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/** Where cargo looks for the sources; of these it needs the library alone, and the rest is 400 MB. */
function linkSources(folder) {
  const sources = join(folder, 'usr/src');
  const [name] = readdirSync(sources).filter((each) => each.startsWith('rustc-'));
  for (const each of readdirSync(join(sources, name)))
    if (each !== 'library') rmSync(join(sources, name, each), { recursive: true });
  const link = join(folder, 'usr/lib/rustlib/src/rust');
  mkdirSync(join(link, '..'), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(`../../../src/${name}`, link);
}

function succeeds(command, args, env = process.env, cwd = root) {
  const { status, output } = run(command, args, cwd, env);
  if (status === 0) return;
  const reason = output.trim().split('\n').at(-1);
  throw new Error(`${basename(command)} ${args.find((each) => /^[a-z-]+$/.test(each) && each !== '-o')}: ${reason}`);
}
