// Asks npm's registry what is known against what `npm install headgate` brings: the packages that ours depend on, and
// those that are bundled into them, which no audit of an installed project sees. It needs a registry that has advisories.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledPackages } from '../notices/packages.mjs';
import { readPackages } from './packages.mjs';

const published = readPackages([]);
const names = new Set(published.map(({ manifest }) => manifest.name));
const dependencies = Object.fromEntries([
  ...published
    .flatMap(({ manifest }) => Object.entries(manifest.dependencies ?? {}))
    .filter(([name]) => !names.has(name)),
  ...published.flatMap(({ path }) => bundled(path)),
]);
console.log(
  Object.entries(dependencies)
    .map(([name, version]) => `${name} ${version}`)
    .join(', '),
);

const folder = mkdtempSync(join(tmpdir(), 'headgate-advisories-'));
writeFileSync(
  join(folder, 'package.json'),
  JSON.stringify({ name: 'headgate-advisories', private: true, dependencies }),
);
const steps = [['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], ['audit']];
const isClean = steps.every((args) => spawnSync('npm', args, { cwd: folder, stdio: 'inherit' }).status === 0);
rmSync(folder, { recursive: true });
process.exitCode = isClean ? 0 : 1;

/** In the versions that are bundled. */
function bundled(path) {
  return bundledPackages(path).map(({ name, version }) => [name, version]);
}
