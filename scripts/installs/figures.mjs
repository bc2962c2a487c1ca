// What an installed project weighs, and what it costs to start: printed, and held to what is promised where that does not
// depend on the machine.
import assert from 'node:assert/strict';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../checks.mjs';

/** npm runs these when a package is installed. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];
const MOST_BYTES = 1_500_000;
const MOST_OTHERS = 3;

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
  checks.outcome(
    `${others.length} packages beside ours, at most ${MOST_OTHERS}`,
    others.length <= MOST_OTHERS,
    others.map(({ name }) => name).join(', '),
  );
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

const STARTS = 21;
const SCRIPTS = {
  'an empty script': '',
  'headgate, native':
    "import { RateLimiter } from 'headgate'; new RateLimiter({ limit: 1, windowSeconds: 60, backend: 'native' }).allow('k');",
  'headgate/ts':
    "import { RateLimiter } from 'headgate/ts'; new RateLimiter({ limit: 1, windowSeconds: 60 }).allow('k');",
};

/** Time of the processor, the median of some runs, each script in turn: it is printed alone, since machines differ. */
export function printStart(folder, env) {
  const taken = Object.fromEntries(Object.keys(SCRIPTS).map((name) => [name, []]));
  const measured = (script) =>
    `${script}; const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)`;
  for (let i = 0; i < STARTS; i++)
    for (const [name, script] of Object.entries(SCRIPTS)) {
      const { stdout } = run(process.execPath, ['--input-type=module', '-e', measured(script)], folder, env);
      taken[name].push(Number(stdout));
    }
  const [empty, ...others] = Object.entries(taken).map(([name, all]) => ({
    name,
    ms: all.sort((a, b) => a - b)[STARTS >> 1],
  }));
  for (const { name, ms } of others)
    console.log(
      `  import and first decision, ${name}: ${(ms - empty.ms).toFixed(1)} ms over an empty script (${(ms / empty.ms).toFixed(2)} of it)`,
    );
}
