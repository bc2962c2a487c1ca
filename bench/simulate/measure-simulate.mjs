import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeRun } from '../machine.mjs';
import { updatePage, writeFigures } from '../report/files.mjs';
import { figure, machineLine, spread } from '../report/format.mjs';
import { pairedRatios, summary } from '../run/statistics.mjs';
import { LOGS, writeLog } from './logs.mjs';

const CLI = fileURLToPath(new URL('../../packages/headgate/dist/cli/headgate.cjs', import.meta.url));
const LOOP = fileURLToPath(new URL('loop.mjs', import.meta.url));
const POLICY = ['--limit', '100', '--window', '1m'];
const LINES = 1_000_000;
/** For so many. */
const MOST_SECONDS = 3;
const MOST_MB = 150;

/** `data:` so that nothing but the program itself is loaded from a file. */
const TELLS_MEMORY = `data:text/javascript,process.on('exit',()=>process.stderr.write('maxRSS '+process.resourceUsage().maxRSS))`;

/** How long `headgate simulate` takes for logs of several kinds, and how much memory, beside a loop that counts lines. */
export async function measureSimulate({ quick, write }) {
  const lines = quick ? 100_000 : LINES;
  const run = { ...describeRun([]), quick, lines };
  const folder = mkdtempSync(join(tmpdir(), 'headgate-simulate-'));
  const rows = [];
  try {
    for (const [name, log] of Object.entries(LOGS)) {
      const file = join(folder, 'access.log');
      await writeLog(file, log, lines);
      const samples = { simulate: [], loop: [] };
      for (let round = 0; round < (quick ? 3 : 7); round++) {
        samples.simulate.push(measured([CLI, 'simulate', file, ...POLICY, ...(log.args ?? [])]));
        samples.loop.push(measured([LOOP, file, log.find.source]));
      }
      rows.push({ name, samples });
      console.log(`  ${cells(rows.at(-1)).join('   ')}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const report = { ...run, rows };
  writeFigures(report, write ? 'simulate' : 'last-run.simulate');
  if (write) updatePage('docs/benchmarks.md', 'bench-simulate', pageSection(report));
}

function measured(args) {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', TELLS_MEMORY, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = (performance.now() - startMs) / 1000;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}: ${stderr}`);
  return { seconds, mb: (Number(/maxRSS (\d+)/.exec(stderr)[1]) * 1024) / 1e6 };
}

/** The page's part. */
export function pageSection(report) {
  return [
    `| ${report.lines.toLocaleString('en-US')} lines | seconds | to the loop | MB of memory |`,
    '|---|---|---|---|',
    ...report.rows.map((row) => `| ${cells(row).join(' | ')} |`),
    '',
    `At most ${MOST_SECONDS} s for a million lines and ${MOST_MB} MB are wanted. The loop reads lines by \`readline\`, finds the client by a pattern and counts it in a \`Map\`. The median of the rounds, and the quartiles in brackets.`,
    '',
    `Measured on ${machineLine(report)}; commit ${report.commit}; ${report.quick ? 'a quick run' : 'a full run'} of \`npm run bench -- simulate\`.`,
  ].join('\n');
}

function cells({ name, samples: { simulate, loop } }) {
  const seconds = simulate.map((each) => each.seconds);
  const [taken, ratio, mb] = [
    summary(seconds),
    summary(
      pairedRatios(
        seconds,
        loop.map((each) => each.seconds),
      ),
    ),
    summary(simulate.map((each) => each.mb)),
  ];
  return [
    LOGS[name].title,
    judged(spread(taken), taken.median > MOST_SECONDS),
    figure(ratio.median),
    judged(figure(mb.median), mb.median > MOST_MB),
  ];
}

function judged(text, isMissed) {
  return isMissed ? `**${text}, missed**` : text;
}
