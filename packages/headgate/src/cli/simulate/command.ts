import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { Exit, Misuse } from '../exit.js';
import { printableLines } from '../terminal/printable.js';
import { type Given, readGiven } from './given.js';
import { FORMATS } from './log/line-reader.js';
import { sizeOf, UnreadableLog } from './log/open-log.js';
import { Output } from './output.js';
import { htmlReport } from './report/html-report.js';
import { type Report, reportOf, reportOfNone } from './report/report.js';
import { textReport } from './report/text-report.js';
import { simulate } from './simulate.js';

/**
 * The space for new objects does not grow: next to nothing outlives its line, so that a larger one only takes memory, some
 * 20 MB. https://github.com/v8/v8/blob/main/src/flags/flag-definitions.h
 */
const STEADY_NEW_SPACE = '--semi-space-growth-factor=1';

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
    .option(
      '--trust-proxy <proxies>',
      'the proxies before the server: ranges and names like private, with commas between them, or how many there are',
      (text: string, others?: string) => (others === undefined ? text : `${others},${text}`),
    )
    .option('--forwarded-header <name>', 'the header in which they say for whom they ask, x-forwarded-for unless given')
    .option('--format <format>', `how the lines are written: ${FORMATS.join(', ')}`, 'auto')
    .option('--top <count>', 'how many of the clients that are held back most are told', '10')
    .option('--max-keys <count>', 'the most keys that a limiter holds, and clients that are told apart', '1000000')
    .option('--html <file>', 'write the report as a page')
    .option('--decisions <file>', 'write what came of each request, a line of JSON each')
    .option('--json', 'print the report as JSON')
    .action(run);
}

async function run(files: string[], given: Given): Promise<void> {
  setFlagsFromString(STEADY_NEW_SPACE);
  const options = readGiven(files, given);
  const totalBytes = await bytesOf(files);
  const page = outputOf('--html', given.html, files);
  const report = await ended(page, async () => {
    const decisions = outputOf('--decisions', given.decisions, files);
    const simulated = await ended(decisions, () => simulate({ ...options, totalBytes, decisions }));
    const { simulation } = simulated;
    if (simulation === undefined) {
      tellOfNone(reportOfNone(simulated, options.key), given.json === true);
      return undefined;
    }
    const report = reportOf(simulated, simulation, options.key, options.top);
    page?.write(await htmlReport(report));
    return report;
  });
  if (report === undefined) return;
  if (given.json === true) printJson(report);
  else process.stdout.write(textReport(report));
  process.exitCode = exitOf(report);
}

/** The output is ended whatever comes of its use. */
async function ended<T>(output: Output | undefined, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    output?.end();
  }
}

function tellOfNone(report: ReturnType<typeof reportOfNone>, isJson: boolean): void {
  const notes = report.notes.map((note) => `${printableLines(note)}\n`);
  process.stderr.write(`headgate: there is no request to decide on\n${notes.join('')}`);
  if (isJson) printJson(report);
  process.exitCode = exitOf(report);
}

function printJson(report: object): void {
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
}

function exitOf({ isInterrupted, files }: Pick<Report, 'isInterrupted' | 'files'>): number {
  if (isInterrupted) return Exit.interrupted;
  return files.some(({ error, requests }) => error !== undefined || requests === 0) ? Exit.mend : Exit.done;
}

/** Of all together, where each has a size. Before any is read: it may be long until the turn of the last one. @throws Misuse */
async function bytesOf(files: readonly string[]): Promise<number | undefined> {
  try {
    const sizes = await Promise.all(files.map(sizeOf));
    return sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
  } catch (error) {
    throw error instanceof UnreadableLog ? new Misuse(error.message) : error;
  }
}

function outputOf(option: string, name: string | undefined, logs: readonly string[]): Output | undefined {
  return name === undefined ? undefined : new Output(option, name, logs);
}
