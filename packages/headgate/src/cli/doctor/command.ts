import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { version } from '../../../package.json';
import { backends } from '../../index.js';
import { Exit, Misuse } from '../exit.js';
import { checkClock } from './clock-check.js';
import { checkCopies } from './copies.js';
import { checkEngine } from './engine/engine-check.js';
import { checkFiles } from './files.js';
import { type Finding, gravest, type State } from './finding.js';
import { textOf } from './findings-text.js';
import { checkRedis } from './redis/redis-check.js';
import { selfTest } from './self-test.js';
import { checkVersions, host } from './versions.js';

const EXITS: Readonly<Record<State, number>> = { ok: Exit.done, note: Exit.done, mend: Exit.mend, broken: Exit.broken };

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Tells which engine runs here and why, and whether all is as it should be.')
    .option('--redis <url>', 'look at this server too, e.g. redis://localhost:6379')
    .option('--json', 'print the findings as JSON')
    .action(async (given: { readonly redis?: string; readonly json?: true }) => {
      const findings = await examine(given.redis);
      const state = gravest(findings);
      const report = { headgate: version, ...host(), state, findings };
      process.stdout.write(given.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : textOf(report));
      process.exitCode = EXITS[state];
    });
}

async function examine(redisUrl: string | undefined): Promise<Finding[]> {
  if (redisUrl !== undefined && !/^(rediss?|valkeys?|unix):\/\//.test(redisUrl))
    throw new Misuse(`--redis must be a URL like redis://localhost:6379, got ${JSON.stringify(redisUrl)}`);
  const project = currentFolder();
  const own = ownFolder();
  const candidates = backends();
  const runs = candidates.filter(({ available }) => available).map(({ name }) => name);
  return [
    checkEngine(candidates, process.env.HEADGATE_BACKEND ?? '', own, version),
    ...checkVersions(own, version),
    ...checkFiles(own),
    ...checkCopies(project, own),
    await checkClock(),
    ...runs.map((name) => selfTest(name)),
    ...(redisUrl === undefined ? [] : await checkRedis(project, redisUrl)),
  ];
}

/** @throws Misuse where it was deleted. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Misuse('the current folder was deleted: run it in another');
  }
}

/** The folder of the package that this is of: its `dist/cli` has the file that runs. */
function ownFolder(): string {
  return dirname(dirname(dirname(realpathSync(process.argv[1] ?? ''))));
}
