// Writes what is in a release, as CycloneDX: node scripts/release/sbom.mjs FOLDER [--platforms linux-x64-gnu,...]
//   headgate.cdx.json          the npm packages that `npm install headgate` brings, and what is bundled into them
//   headgate-native.cdx.json   the crates in the binaries, and Rust's own library
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readPackages } from './packages.mjs';
import { ofCrates } from './sbom/crates.mjs';
import { ofNpm } from './sbom/npm.mjs';
import { TARGETS } from './targets.mjs';

const { values, positionals } = parseArgs({ options: { platforms: { type: 'string' } }, allowPositionals: true });
const folder = resolve(positionals[0] ?? 'sbom');
const [{ manifest }] = readPackages([]);
mkdirSync(folder, { recursive: true });
write('headgate.cdx.json', ofNpm(values.platforms?.split(',') ?? Object.keys(TARGETS)));
write('headgate-native.cdx.json', ofCrates(manifest.version));
console.log(`written to ${folder}`);

function write(name, bom) {
  writeFileSync(join(folder, name), `${JSON.stringify(bom, undefined, 2)}\n`);
}
