import { cpus } from 'node:os';
import { Command } from 'commander';
import { version } from '../../../package.json';
import { host } from '../doctor/versions.js';
import { table } from '../terminal/table.js';
import { candidates } from './candidates.js';
import { type Measured, measure } from './measure.js';

/** Keys as servers make them for each request: strings that were not there before. */
const QUESTIONS: readonly { readonly name: string; keyOf(): () => string }[] = [
  { name: 'one hot key', keyOf: () => () => 'client:1000000' },
  { name: '10k keys, fresh', keyOf: () => drawn(10_000) },
  { name: '300k keys, fresh', keyOf: () => drawn(300_000) },
];

export function benchCommand(): Command {
  return new Command('bench')
    .description('Measures both engines on this machine, beside a bare Map: a few seconds.')
    .option('--json', 'print the figures as JSON')
    .action((given: { readonly json?: true }) => {
      const all = candidates();
      const results = QUESTIONS.map(({ name, keyOf }) => ({ question: name, measured: measure(all, keyOf) }));
      const machine = { headgate: version, ...host(), processor: cpus()[0]?.model.trim() ?? 'unknown' };
      process.stdout.write(
        given.json === true
          ? `${JSON.stringify({ ...machine, results }, undefined, 2)}\n`
          : textOf(`headgate ${version} on ${machine.runtime}, ${machine.platform}, ${machine.processor}`, results),
      );
    });
}

function textOf(
  machine: string,
  results: readonly { readonly question: string; readonly measured: Measured[] }[],
): string {
  const names = results[0]?.measured.map(({ name }) => name) ?? [];
  const rows = results.map(({ question, measured }) => [
    question,
    ...measured.map(
      ({ nanoseconds, ratio }, i) => `${nanoseconds.toFixed(0)} ns${i === 0 ? '' : ` (${ratio.toFixed(2)})`}`,
    ),
  ]);
  const right = names.map((_, i) => i + 1);
  return `${machine}

${table([['allow(key)', ...names], ...rows], right)}

The median time of a call; in brackets the median of its ratios to the Map, round by round: that is what carries over to
other machines, and below 1 is faster. The Map only counts: it never forgets a key, so it has no bound, and it is wrong at
the edges.
`;
}

/** Drawn anew for each call, by xorshift. */
function drawn(keys: number): () => string {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return `client:${1_000_000 + ((state >>> 0) % keys)}`;
  };
}
