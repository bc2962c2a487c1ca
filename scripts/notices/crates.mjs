import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TARGETS } from '../release/targets.mjs';

/** One licence is enough where a crate may be had under either. */
const PREFERRED = [/^licen[cs]e-mit/i, /^licen[cs]e(\.|$)/i, /^licen[cs]e/i, /^copying/i];

/** Linked into each binary too, in the version of the Rust that built it. */
export const RUST_LIBRARY = { name: "Rust's standard library", licence: 'MIT OR Apache-2.0' };

/** The crates that are linked into the binary of any platform: neither tools of the build nor macros. */
export function linkedCrates(root) {
  const { packages } = JSON.parse(cargo(root, 'metadata', '--format-version', '1', '--locked'));
  const targets = Object.values(TARGETS).flatMap(({ target }) => ['--target', target]);
  const tree = ['tree', '-p', 'headgate-core-native', '-e', 'normal,no-proc-macro', '--locked', ...targets];
  const linked = new Set(
    cargo(root, ...tree, '--prefix', 'none', '--format', '{p}')
      .split('\n')
      .map(nameAndVersion),
  );
  return packages
    .filter(({ name, version, source }) => source !== null && linked.has(`${name} ${version}`))
    .map((crate) => ({ name: crate.name, version: crate.version, licence: crate.license, text: licenceOf(crate) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Rust's library, with the words of its own licence. */
export function rustLibrary() {
  return { ...RUST_LIBRARY, text: `Copyright (c) The Rust Project Developers\n\n${mitTerms()}` };
}

/** `dashmap v6.1.0 (proc-macro)`: as `dashmap 6.1.0`. */
function nameAndVersion(line) {
  const [, name, version] = /^(\S+) v(\S+)/.exec(line) ?? [];
  return `${name} ${version}`;
}

function licenceOf({ name, license, authors, manifest_path }) {
  const folder = dirname(manifest_path);
  const files = readdirSync(folder);
  const file = PREFERRED.map((pattern) => files.find((each) => pattern.test(each))).find((each) => each !== undefined);
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
  if (!/\bMIT\b/.test(license)) throw new Error(`${name} has no file with its licence in ${folder}`);
  return `MIT License\n\nCopyright (c) ${authors.join(', ') || `the authors of ${name}`}\n\n${mitTerms()}`;
}

/** The terms alone, as our own file has them. */
export function mitTerms() {
  const [, terms] = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8').split(/^(?=Permission is hereby)/m);
  return terms.trim();
}

function cargo(cwd, ...args) {
  const { status, stdout, stderr, error } = spawnSync('cargo', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`cargo ${args[0]} failed: ${error ?? stderr}`);
  return stdout;
}
