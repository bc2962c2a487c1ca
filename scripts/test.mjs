// Runs every suite and ends with one line that adds them up. Names each test that was skipped, with its reason.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rust = runRust();
const typescript = runTypescript();
for (const name of [...rust.skipped, ...typescript.skipped]) console.log(`skipped: ${name}`);

const passed = rust.passed + typescript.passed;
const failed = rust.failed + typescript.failed;
const skipped = rust.skipped.length + typescript.skipped.length;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function runRust() {
  if (spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status !== 0) {
    const reason = 'unit tests of the Rust crate: cargo is not on the PATH';
    return { passed: 0, failed: process.env.CI === 'true' ? 1 : 0, skipped: [reason] };
  }
  const run = spawnSync('cargo', ['test', '--locked', '--color=never'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(run.stdout);
  const results = [...run.stdout.matchAll(/^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const sum = (column) => results.reduce((total, result) => total + Number(result[column]), 0);
  const crashed = run.status !== 0 && sum(2) === 0 ? 1 : 0;
  return { passed: sum(1), failed: sum(2) + crashed, skipped: Array(sum(3)).fill('an ignored Rust test') };
}

function runTypescript() {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-'));
  const outputFile = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
  const run = spawnSync('vitest', ['run', ...reporters], { stdio: 'inherit' });
  const report = JSON.parse(readFileSync(outputFile, 'utf8'));
  rmSync(folder, { recursive: true });
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const skipped = tests.filter(({ status }) => status === 'pending' || status === 'skipped' || status === 'todo');
  // A file that can't be loaded, or an error outside of a test, fails the run without failing a test.
  const crashed = run.status !== 0 && report.numFailedTests === 0 ? 1 : 0;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + crashed,
    skipped: skipped.map(({ fullName }) => fullName),
  };
}
