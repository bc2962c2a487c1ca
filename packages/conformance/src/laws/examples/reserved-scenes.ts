import { policyOf } from '../../arbitraries/policy.js';
import type { Operation, Scene } from '../../scene/scene.js';

const reserve = (cost: number): Operation => ({ call: 'reserve', key: 'a', cost });
const commit = (reservation: number, actual: number): Operation => ({ call: 'settle', reservation, actual });
const check = (cost: number): Operation => ({ call: 'check', key: 'a', cost });
const allow = (cost: number): Operation => ({ call: 'allow', key: 'a', cost });
const advance = (ms: number): Operation => ({ call: 'advance', ms });
const reset: Operation = { call: 'reset', key: 'a' };

function bucket(limit: number, windowMs: number, operations: readonly Operation[]): Scene {
  return { policy: policyOf({ algorithm: 'token-bucket', limit, windowMs }), startMs: 0, operations };
}

function lives(limit: number, operations: readonly Operation[]): Scene[] {
  return (['fixed-window', 'sliding-window', 'token-bucket'] as const).map((algorithm) => {
    return { policy: policyOf({ algorithm, limit, windowMs: 1000 }), startMs: 0, operations };
  });
}

const MOST = Number.MAX_SAFE_INTEGER;
const many = Array.from({ length: 140 }, () => reserve(1));

/** Lives with reservations at the edges, and those that once were a counterexample. */
export const RESERVED_LIVES: readonly Scene[] = [
  ...lives(1, [reserve(1), allow(1), allow(1), commit(0, 0), allow(1), allow(1)]),
  ...lives(1, [reserve(1), commit(0, 5), check(0), advance(999), check(0), check(1), advance(2000), check(1)]),
  ...lives(2, [reserve(1), check(1), allow(1), commit(0, 0), allow(1), allow(1)]),
  ...lives(5, [reserve(2), reserve(3), commit(1, 6), commit(0, 0), check(1)]),
  ...lives(5, [check(1), advance(300), reserve(2), commit(0, 0), advance(700), check(5)]),
  ...lives(5, [reserve(3), reset, check(1), commit(0, 0), check(4), check(1)]),
  ...lives(5, [reserve(3), reset, commit(0, 4), check(4), check(1)]),
  ...lives(5, [reserve(3), advance(1100), check(2), commit(0, 1), check(3), check(1)]),
  ...lives(5, [reserve(3), advance(1100), check(2), commit(0, 4), check(2), check(1)]),
  ...lives(200, [...many, commit(0, 0), commit(100, 0), check(62), check(1), advance(500), commit(139, 0), check(1)]),
  // Both were all but repaid before the rest was taken, so neither comes back.
  bucket(10, 1000, [reserve(5), reserve(5), advance(990), check(5), commit(0, 0), commit(1, 0), check(5), check(1)]),
  bucket(10, 1000, [reserve(5), reserve(5), advance(990), check(5), commit(1, 5), commit(0, 0), check(5), check(1)]),
  // One of no units is settled by no number that another has.
  ...lives(3, [reserve(1), reserve(0), commit(1, 0), commit(0, 0), check(3)]),
  // The first one gives back all that was owed of the second one too.
  bucket(10, 1000, [reserve(5), reserve(5), advance(500), check(1), commit(0, 0), commit(1, 0), check(9), check(1)]),
  bucket(10, 1000, [
    reserve(5),
    advance(250),
    reserve(5),
    advance(500),
    check(1),
    commit(0, 0),
    commit(1, 2),
    check(9),
  ]),
  // Beyond the most that is counted, nothing comes back of what was reserved before: without it more would count.
  bucket(10, 1000, [reserve(9), reserve(1), commit(1, 1e9), commit(0, 0), check(1)]),
  bucket(10, 1000, [reserve(9), reserve(1), commit(1, 10_231), commit(0, 0), check(1)]),
  bucket(10, 1000, [reserve(9), reserve(1), commit(1, 10_232), commit(0, 0), check(1)]),
  ...lives(MOST, [reserve(9), reserve(1), check(MOST - 20), commit(1, 20), commit(0, 0), check(10)]),
  ...lives(MOST, [reserve(9), reserve(1), check(MOST - 20), commit(1, 12), commit(0, 0), check(10)]),
  ...lives(MOST, [reserve(1), allow(MOST - 1), advance(500), commit(0, 2), check(0), advance(600), check(1)]),
  // So many of a key are open at one time at the most: the oldest falls out.
  {
    policy: policyOf({ algorithm: 'sliding-window', limit: 2000, windowMs: 1000 }),
    startMs: 0,
    operations: [
      ...Array.from({ length: 1026 }, () => reserve(1)),
      commit(1, 0),
      commit(0, 3),
      commit(2, 0),
      check(977),
    ],
  },
  // More than a number can hold is owed.
  bucket(Number.MAX_SAFE_INTEGER - 1, 1, [reserve(Number.MAX_SAFE_INTEGER - 1), commit(0, Number.MAX_SAFE_INTEGER)]),
];
