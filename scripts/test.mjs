// Runs every suite and ends with one line that adds them up. Says what was skipped, and why: a skipped test without a
// reason fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainSkipped } from './skipped.mjs';

// Side by side: the one is a compiler with one thread, for most of its time.
const suites = await Promise.all([runRust(), runTypescript()]);
const { lines, unexplained } = explainSkipped(suites.flatMap(({ skipped }) => skipped));
for (const line of lines) console.log(`skipped: ${line}`);
for (const name of unexplained) console.log(`failed: skipped without a reason: ${name}`);

const sum = (count) => suites.reduce((total, suite) => total + count(suite), 0);
const passed = sum((suite) => suite.passed);
const failed = sum((suite) => suite.failed) + unexplained.length;
const skipped = sum((suite) => suite.skipped.length) - unexplained.length;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function runRust() {
  // CI tries it with the checks of a debug build. Else what it depends on is compiled already, for the engine.
  const profile = process.env.CI === 'true' ? [] : ['--profile', 'quick'];
  const run = await ended('cargo', ['test', ...profile, '--locked', '--color=never']);
  if (run === undefined) {
    const title = 'the unit tests of the Rust crate (skipped: cargo is not on the PATH)';
    return { passed: 0, failed: process.env.CI === 'true' ? 1 : 0, skipped: [{ ancestorTitles: [], title }] };
  }
  process.stdout.write(run.stdout);
  const results = [...run.stdout.matchAll(/^test result: .*?(\d+) passed; (\d+) failed/gm)];
  const sum = (column) => results.reduce((total, result) => total + Number(result[column]), 0);
  const crashed = run.status !== 0 && sum(2) === 0 ? 1 : 0;
  const ignored = [...run.stdout.matchAll(/^test (.+) \.\.\. ignored(?:, (.+))?$/gm)].map(([, name, reason]) => {
    return { ancestorTitles: [], title: reason === undefined ? name : `${name} (skipped: ${reason})` };
  });
  return { passed: sum(1), failed: sum(2) + crashed, skipped: ignored };
}

async function runTypescript() {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-'));
  const outputFile = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
  const run = await ended('vitest', ['run', ...reporters], 'inherit');
  const report = JSON.parse(readFileSync(outputFile, 'utf8'));
  rmSync(folder, { recursive: true });
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const skipped = tests.filter(({ status }) => status === 'pending' || status === 'skipped' || status === 'todo');
  // A file that can't be loaded, or an error outside of a test, fails the run without failing a test.
  const crashed = run.status !== 0 && report.numFailedTests === 0 ? 1 : 0;
  return { passed: report.numPassedTests, failed: report.numFailedTests + crashed, skipped };
}

/** Its status and what it printed; `undefined`: there is no such program. */
async function ended(program, args, output = 'pipe') {
  const child = spawn(program, args, { stdio: ['ignore', output, 'inherit'] });
  const printed = [];
  child.stdout?.on('data', (data) => printed.push(data));
  try {
    const [status] = await once(child, 'close');
    return { status, stdout: Buffer.concat(printed).toString() };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
