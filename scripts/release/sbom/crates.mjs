import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RUST_LIBRARY } from '../../notices/crates.mjs';
import { printed } from './printed.mjs';

const CARGO_CYCLONEDX = '0.5.9';
const root = fileURLToPath(new URL('../../..', import.meta.url));
const NAME = 'headgate-native.cdx';
/** cargo's word for the crate itself, which has the folder of this machine in it, and the version that no release has. */
const OWN_REF = /path\+file:\/\/[^"]*?#headgate-core-native@0\.0\.0/g;
const OWN_PURL = /pkg:cargo\/headgate-core-native@0\.0\.0\?download_url=file:\/\/\.(?:#src\/lib\.rs)?/g;

/** The crates in the binaries of all platforms, by cargo-cyclonedx, and Rust's own library. */
export function ofCrates(version) {
  const tools = join(root, 'target/cargo-cyclonedx', CARGO_CYCLONEDX);
  const program = join(tools, 'bin/cargo-cyclonedx');
  if (!existsSync(program))
    printed('cargo', ['install', '--quiet', '--locked', '--root', tools, `cargo-cyclonedx@${CARGO_CYCLONEDX}`], root);
  const options = ['--format', 'json', '--spec-version', '1.5', '--target', 'all', '--no-build-deps'];
  printed(program, ['cyclonedx', ...options, '--override-filename', NAME], root);
  const file = join(root, 'packages/core-native', `${NAME}.json`);
  const text = readFileSync(file, 'utf8')
    .replaceAll(OWN_REF, `headgate-core-native@${version}`)
    .replaceAll(OWN_PURL, `pkg:cargo/headgate-core-native@${version}`);
  rmSync(file);
  const { metadata, components, ...bom } = JSON.parse(text);
  const { components: _, ...own } = metadata.component;
  return {
    ...bom,
    metadata: { ...metadata, component: { ...own, version } },
    components: [...components, rustLibrary()],
  };
}

/** Without a version: each binary has that of the Rust which built it. */
function rustLibrary() {
  const { name, licence } = RUST_LIBRARY;
  return { 'bom-ref': 'rust-std', type: 'library', name, scope: 'required', licenses: [{ expression: licence }] };
}
