import { oneOf, show, wholeNumber } from '@headgate/core-ts';
import { Command } from 'commander';
import { Exit, Misuse } from '../exit.js';
import { FORMATS } from './log/line-reader.js';
import { UnreadableLog } from './log/open-log.js';
import { durationMs } from './policy/duration.js';
import { type NamedPolicy, readPolicy } from './policy/policy-text.js';
import { textReport } from './report/text-report.js';
import { checkPolicy } from './run/trial.js';
import { type SimulateOptions, simulate } from './simulate.js';

interface Given {
  readonly limit?: string;
  readonly window?: string;
  readonly policy: readonly string[];
  readonly key: string;
  readonly format: string;
  readonly maxKeys: string;
  readonly top: string;
  readonly json?: true;
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .description('Tries limits on the requests of access logs: who would have been held back, and how much.')
    .argument('<log...>', 'files, plain or gzip; - is standard input')
    .option('--limit <units>', 'requests that a client may make in a window')
    .option('--window <time>', 'the window, e.g. 30s, 1m or 12h')
    .option(
      '--policy <policy>',
      "a policy, e.g. 'api=100/1m token-bucket burst=20 block=10m'; again for several, side by side",
      (text: string, others: readonly string[]) => [...others, text],
      [],
    )
    .option(
      '--key <key>',
      'what requests are counted by: ip, user, method, path, header:NAME, field:NAME, or several with + between them',
      'ip',
    )
    .option('--format <format>', `how the lines are written: ${FORMATS.join(', ')}`, 'auto')
    .option('--top <count>', 'how many of the clients that are held back most are told', '10')
    .option('--max-keys <count>', 'the most keys that the limiters hold, and clients that are told apart', '1000000')
    .option('--json', 'print the report as JSON')
    .action(async (files: string[], given: Given) => {
      const options = readGiven(files, given);
      const report = await run(options);
      if (report === undefined) throw new Misuse('none of the lines is a request');
      process.stdout.write(given.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : textReport(report));
      if (report.files.some(({ error }) => error !== undefined)) process.exitCode = Exit.mend;
    });
}

async function run(options: SimulateOptions) {
  try {
    return await simulate(options);
  } catch (error) {
    throw error instanceof UnreadableLog ? new Misuse(error.message) : error;
  }
}

/** @throws Misuse that names the option and prints the value. */
function readGiven(files: readonly string[], given: Given): SimulateOptions {
  return misused(() => ({
    files,
    policies: policiesOf(given),
    key: given.key,
    format: oneOf('--format', given.format, FORMATS),
    maxKeys: wholeNumber('--max-keys', numberOf(given.maxKeys), 1, 16_000_000),
    top: wholeNumber('--top', numberOf(given.top), 0, 100_000),
  }));
}

function policiesOf(given: Given): NamedPolicy[] {
  const policies = given.policy.map((text) => misused(() => readPolicy(text), '--policy, '));
  if (given.limit !== undefined || given.window !== undefined) policies.unshift(plainPolicy(given));
  if (policies.length === 0) throw new Misuse('give --limit and --window, or --policy: there is nothing to try');
  for (const policy of policies) misused(() => checkPolicy(policy), `--policy ${show(policy.text)}: `);
  const names = policies.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new Misuse(`give each --policy a name of its own, like a=100/1m: ${show(twice)} is there twice`);
  return policies;
}

function plainPolicy({ limit, window }: Given): NamedPolicy {
  if (limit === undefined) throw new Misuse(`--window needs --limit beside it, got --window ${show(window)} alone`);
  if (window === undefined) throw new Misuse(`--limit needs --window beside it, got --limit ${show(limit)} alone`);
  if (!/^\d+$/.test(limit)) throw new Misuse(`--limit must be a whole number of requests, got ${show(limit)}`);
  if (durationMs(window) === undefined)
    throw new Misuse(`--window must be a time like 30s, 1m or 12h, got ${show(window)}`);
  return readPolicy(`${limit}/${window}`);
}

function numberOf(text: string): unknown {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function misused<T>(read: () => T, where = ''): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Misuse) throw error;
    throw new Misuse(`${where}${(error as Error).message}`);
  }
}
