// Holds the twins against each other: what both engines call by one name stands in the same order in both.
import { readFileSync } from 'node:fs';

/** TypeScript and Rust. An impl that is spread over files is read in this order. */
const PAIRS = [
  ['algorithms/fixed-window.ts', ['algorithms/fixed_window.rs']],
  ['algorithms/sliding-window.ts', ['algorithms/sliding_window.rs']],
  ['algorithms/token-bucket.ts', ['algorithms/token_bucket.rs']],
  ['engine/policy-set.ts', ['engine/policy_set.rs']],
  ['engine/eviction-order.ts', ['engine/eviction_order.rs']],
  ['engine/reservations.ts', ['engine/reservations.rs']],
  ['engine/room.ts', ['engine/entries/room.rs']],
  ['memory/slab.ts', ['memory/slab.rs']],
];

/** One name for two things: in Rust `next` is the entry that is looked at next, and `spent` stands with `Mark`. */
const NO_TWINS = ['constructor', 'new', 'next', 'spent', 'if', 'for', 'while', 'switch'];

const FUNCTION = {
  ts: /^(?:export )?(?:async )?function (\w+)|^ {2}(?:static |get |async )?#?(\w+)\([^)]*\)?[^;=]*\{$|^ {2}#?(\w+)\($/gm,
  rs: /^\s*(?:pub(?:\(\w+\))? )?fn (\w+)/gm,
};

let failed = 0;
for (const [ts, rs] of PAIRS) {
  const [ours, theirs] = [
    named('ts', [`packages/core-ts/src/${ts}`]),
    named(
      'rs',
      rs.map((file) => `packages/core-native/src/${file}`),
    ),
  ];
  const common = ours.filter((name) => theirs.includes(name));
  const there = theirs.filter((name) => common.includes(name));
  const right = common.length >= 3 && common.join() === there.join();
  if (!right) failed++;
  console.log(`${right ? 'passed' : 'failed'}: ${ts}: ${common.length} names in common with ${rs.join(' and ')}`);
  if (!right) console.log(`  TypeScript: ${common.join(', ')}\n  Rust:       ${there.join(', ')}`);
}
console.log(`${PAIRS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Names as Rust writes them, without tests. */
function named(language, files) {
  const text = files.map((file) => readFileSync(file, 'utf8').split('#[cfg(test)]')[0]).join('\n');
  const names = [...text.matchAll(FUNCTION[language])].map((match) =>
    match.slice(1).find((name) => name !== undefined),
  );
  const snake = names.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  return [...new Set(snake)].filter((name) => !NO_TWINS.includes(name));
}
