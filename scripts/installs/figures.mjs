// What an installed project weighs: printed, and held to what is promised.
import assert from 'node:assert/strict';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** npm runs these when a package is installed. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];
const MOST_BYTES = 1_500_000;

/** `folder`: a project as `npm install headgate` leaves it. */
export async function checkFigures(checks, folder) {
  const packages = packagesIn(join(folder, 'node_modules'));
  const bytes = packages.reduce((sum, each) => sum + each.bytes, 0);
  console.log(packages.map((each) => `  ${each.name}: ${(each.bytes / 1000).toFixed(0)} kB`).join('\n'));
  checks.outcome(
    `npm install headgate takes ${(bytes / 1e6).toFixed(2)} MB, at most ${MOST_BYTES / 1e6} MB`,
    bytes <= MOST_BYTES,
  );
  const others = packages.filter(({ name }) => name !== 'headgate' && !name.startsWith('@headgate/'));
  checks.outcome('no packages beside ours', others.length === 0, others.map(({ name }) => name).join(', '));
  await checks.attempt('no package runs a script when it is installed', () => {
    const scripts = packages.flatMap(({ name, scripts }) =>
      INSTALL_SCRIPTS.filter((each) => scripts[each] !== undefined).map((each) => `${name}: ${each}`),
    );
    assert.deepEqual(scripts, []);
  });
}

function packagesIn(folder) {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => {
      const path = join(folder, name);
      if (name.startsWith('@')) return packagesIn(path);
      const { name: full, scripts = {} } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
      return { name: full, scripts, bytes: bytesIn(path) };
    });
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}
