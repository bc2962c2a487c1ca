import { expect, it } from 'vitest';
import { formatReport, type LawResult } from './report.js';

const law: LawResult = {
  number: 9,
  name: 'impossible costs',
  sentence: 'It is denied.',
  status: 'failed',
  runs: 12,
  durationMs: 3.4,
  failure: { counterexample: '  1. check("a", 2)', message: '1. check("a", 2): was true', seed: 5, path: '11:0' },
};

it('a report is a table, and below it each failure with what reproduces it', () => {
  const skipped: LawResult = {
    ...law,
    number: 11,
    name: 'concurrency',
    status: 'skipped',
    runs: 0,
    reason: 'no threads',
  };
  expect(formatReport({ engine: 'mine', seed: 5, passed: false, laws: [law, skipped] })).toBe(`\
Engine mine, seed 5: 0 passed, 1 failed, 1 skipped

law  name              status   runs  ms  reason
9    impossible costs  failed   12    3
11   concurrency       skipped  0     3   no threads

Law 9, impossible costs: It is denied.
1. check("a", 2): was true
after 12 runs, with
  1. check("a", 2)
Reproduce with { only: [9], seed: 5, path: '11:0' }`);
});
