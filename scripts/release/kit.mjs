// Puts all that a binary is tested with into one folder, so that its own platform needs nothing but Node:
//   node scripts/release/kit.mjs FOLDER
// after `pnpm build:ts`. The binary goes into FOLDER/node_modules/@headgate/core-native-PLATFORM, and FOLDER/prove.mjs
// tests it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pack.mjs';
import { readPackages } from './packages.mjs';
import { TARGETS } from './targets.mjs';

const [target] = process.argv.slice(2);
if (target === undefined) {
  console.log('which folder? node scripts/release/kit.mjs FOLDER');
  process.exit(1);
}
const folder = resolve(target);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'headgate-kit', private: true, type: 'module' }));
for (const file of ['prove.mjs', 'seal.mjs'])
  copyFileSync(fileURLToPath(new URL(file, import.meta.url)), join(folder, file));

const NEEDED = ['@headgate/core-ts', '@headgate/core-native', '@headgate/conformance'];
const staging = mkdtempSync(join(tmpdir(), 'headgate-kit-'));
try {
  const packages = readPackages([]).filter(({ manifest: { name } }) => NEEDED.includes(name));
  const tarballs = packages.map((each) => pack(each, packages, staging));
  const args = ['install', '--omit=peer', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`npm install failed with ${status}`);
} finally {
  rmSync(staging, { recursive: true });
}
for (const { path, manifest } of readPackages(Object.keys(TARGETS)).filter(({ platform }) => platform !== undefined)) {
  const to = join(folder, 'node_modules', manifest.name);
  mkdirSync(to, { recursive: true });
  for (const file of ['package.json', 'index.js']) copyFileSync(join(path, file), join(to, file));
}
