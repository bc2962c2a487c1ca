// Runs the same test by each runner's own fake clocks, on each engine, and with a clock that is passed in.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNNERS = [
  ['vitest', 'run'],
  ['jest', '--ci'],
  ['node', '--test', 'sinon.test.js', 'node-test.test.js', 'manual-clock.test.js'],
];

/** What went wrong, if anything did. */
export function check() {
  for (const [command, ...args] of RUNNERS) {
    for (const backend of ['auto', 'ts']) {
      const run = spawnSync('pnpm', ['exec', command, ...args], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        env: { ...process.env, HEADGATE_BACKEND: backend },
        encoding: 'utf8',
      });
      if (run.status !== 0) return `${command} on ${backend}: ${run.stdout}${run.stderr}`;
    }
  }
  return undefined;
}
