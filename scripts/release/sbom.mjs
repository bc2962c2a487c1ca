// Writes what is in a release, as CycloneDX: node scripts/release/sbom.mjs FOLDER [--platforms linux-x64-gnu,...]
//   headgate.cdx.json          the npm packages that `npm install headgate` brings, by npm itself
//   headgate-native.cdx.json   the crates in a binary, by cargo-cyclonedx
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pack } from './pack.mjs';
import { readPackages } from './packages.mjs';
import { TARGETS } from './targets.mjs';

const CARGO_CYCLONEDX = '0.5.9';
const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({ options: { platforms: { type: 'string' } }, allowPositionals: true });
const folder = resolve(positionals[0] ?? 'sbom');
mkdirSync(folder, { recursive: true });

const staging = mkdtempSync(join(tmpdir(), 'headgate-sbom-'));
try {
  writeFileSync(join(folder, 'headgate.cdx.json'), ofNpm());
} finally {
  rmSync(staging, { recursive: true });
}
renameSync(ofCargo(), join(folder, 'headgate-native.cdx.json'));
console.log(`written to ${folder}`);

/** Of an empty project in which headgate was installed from its tarballs. */
function ofNpm() {
  const platforms = values.platforms?.split(',') ?? Object.keys(TARGETS);
  const packages = readPackages(platforms).filter(({ manifest: { name } }) => name !== '@headgate/conformance');
  const tarballs = packages.map((each) => pack(each, packages, staging));
  const project = join(staging, 'project');
  mkdirSync(project);
  const { version } = packages[0].manifest;
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'headgate-release', version, private: true }));
  // By force: the binaries of all platforms are part of the release, and this machine is one of them.
  run('npm', ['install', '--force', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], project);
  return run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'library'], project);
}

function ofCargo() {
  const tools = join(root, 'target/cargo-cyclonedx', CARGO_CYCLONEDX);
  const program = join(tools, 'bin/cargo-cyclonedx');
  if (!existsSync(program))
    run('cargo', ['install', '--quiet', '--locked', '--root', tools, `cargo-cyclonedx@${CARGO_CYCLONEDX}`], root);
  const args = ['cyclonedx', '--format', 'json', '--spec-version', '1.5', '--override-filename', 'headgate-native.cdx'];
  run(program, args, root);
  return join(root, 'packages/core-native/headgate-native.cdx.json');
}

function run(command, args, cwd) {
  const options = { cwd, encoding: 'utf8', maxBuffer: 1 << 28 };
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error ?? `${stdout}${stderr}`}`);
  return stdout;
}
