import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkedCrates, RUST_LIBRARY } from '../../notices/crates.mjs';
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
  const { metadata, components, dependencies, ...bom } = JSON.parse(text);
  const { components: _, ...own } = metadata.component;
  const linked = components.filter(linkedOnly());
  const refs = new Set([own['bom-ref'], ...linked.map((each) => each['bom-ref'])]);
  return {
    ...bom,
    metadata: { ...metadata, component: { ...own, version } },
    components: [...linked, rustLibrary()],
    dependencies: dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
  };
}

/** cargo-cyclonedx has macros too, and crates for systems that no binary is built for. */
function linkedOnly() {
  const linked = new Set(linkedCrates(root).map(({ name, version }) => `${name} ${version}`));
  return ({ name, version }) => linked.has(`${name} ${version}`);
}

/** Without a version: each binary has that of the Rust which built it. */
function rustLibrary() {
  const { name, licence } = RUST_LIBRARY;
  return { 'bom-ref': 'rust-std', type: 'library', name, scope: 'required', licenses: [{ expression: licence }] };
}
