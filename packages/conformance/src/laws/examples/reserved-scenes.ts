import { byEachAlgorithm, policyOf } from '../../arbitraries/policy.js';
import type { Operation, Scene } from '../../scene/scene.js';
import { advance, allow, check, commit, reserve, reset } from './operations.js';

function ofBucket(limit: number, windowMs: number, operations: readonly Operation[]): Scene {
  return { policy: policyOf({ algorithm: 'token-bucket', limit, windowMs }), startMs: 0, operations };
}

function settled(limit: number, operations: readonly Operation[]): Scene[] {
  return byEachAlgorithm((algorithm) => {
    return { policy: policyOf({ algorithm, limit, windowMs: 1000 }), startMs: 0, operations };
  });
}

const MOST = Number.MAX_SAFE_INTEGER;
const many = Array.from({ length: 140 }, () => reserve(1));

/** Scenes with reservations at the edges, and those that once were a counterexample. */
export const RESERVED_SCENES: readonly Scene[] = [
  ...settled(1, [reserve(1), allow(1), allow(1), commit(0, 0), allow(1), allow(1)]),
  ...settled(1, [reserve(1), commit(0, 5), check(0), advance(999), check(0), check(1), advance(2000), check(1)]),
  ...settled(2, [reserve(1), check(1), allow(1), commit(0, 0), allow(1), allow(1)]),
  ...settled(5, [reserve(2), reserve(3), commit(1, 6), commit(0, 0), check(1)]),
  ...settled(5, [check(1), advance(300), reserve(2), commit(0, 0), advance(700), check(5)]),
  ...settled(5, [reserve(3), reset, check(1), commit(0, 0), check(4), check(1)]),
  ...settled(5, [reserve(3), reset, commit(0, 4), check(4), check(1)]),
  ...settled(5, [reserve(3), advance(1100), check(2), commit(0, 1), check(3), check(1)]),
  ...settled(5, [reserve(3), advance(1100), check(2), commit(0, 4), check(2), check(1)]),
  ...settled(200, [...many, commit(0, 0), commit(100, 0), check(62), check(1), advance(500), commit(139, 0), check(1)]),
  // Both were all but repaid before the rest was taken, so neither comes back.
  ofBucket(10, 1000, [reserve(5), reserve(5), advance(990), check(5), commit(0, 0), commit(1, 0), check(5), check(1)]),
  ofBucket(10, 1000, [reserve(5), reserve(5), advance(990), check(5), commit(1, 5), commit(0, 0), check(5), check(1)]),
  // One of no units is settled by no number that another has.
  ...settled(3, [reserve(1), reserve(0), commit(1, 0), commit(0, 0), check(3)]),
  // The first one gives back all that was owed of the second one too.
  ofBucket(10, 1000, [reserve(5), reserve(5), advance(500), check(1), commit(0, 0), commit(1, 0), check(9), check(1)]),
  ofBucket(10, 1000, [
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
  ofBucket(10, 1000, [reserve(9), reserve(1), commit(1, 1e9), commit(0, 0), check(1)]),
  ofBucket(10, 1000, [reserve(9), reserve(1), commit(1, 10_231), commit(0, 0), check(1)]),
  ofBucket(10, 1000, [reserve(9), reserve(1), commit(1, 10_232), commit(0, 0), check(1)]),
  ...settled(MOST, [reserve(9), reserve(1), check(MOST - 20), commit(1, 20), commit(0, 0), check(10)]),
  ...settled(MOST, [reserve(9), reserve(1), check(MOST - 20), commit(1, 12), commit(0, 0), check(10)]),
  ...settled(MOST, [reserve(1), allow(MOST - 1), advance(500), commit(0, 2), check(0), advance(600), check(1)]),
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
  ofBucket(Number.MAX_SAFE_INTEGER - 1, 1, [reserve(Number.MAX_SAFE_INTEGER - 1), commit(0, Number.MAX_SAFE_INTEGER)]),
];
