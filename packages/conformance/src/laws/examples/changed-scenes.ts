import type { Policy } from '@headgate/core-ts';
import { byEachAlgorithm, policyOf } from '../../arbitraries/policy.js';
import type { Operation, Scene } from '../../scene/scene.js';
import { advance, allow, check, commit, reserve } from './operations.js';

type Acts = (update: (limit: number, windowMs: number) => Operation) => readonly Operation[];

function updated(limit: number, windowMs: number, acts: Acts): Scene[] {
  return byEachAlgorithm((algorithm) => {
    const to = (limit: number, windowMs: number): Operation => {
      return { call: 'update', policies: [policyOf({ algorithm, limit, windowMs })] };
    };
    return { policy: policyOf({ algorithm, limit, windowMs }), startMs: 0, operations: acts(to) };
  });
}

const ordinary = policyOf({ algorithm: 'token-bucket', limit: 10_000_000, windowMs: 86_400_000 });
/** In ticks of this one a debt may be more than a number holds exactly. */
const wide = policyOf({ algorithm: 'token-bucket', limit: 10_000_019, windowMs: 86_400_000 });
const become = (...policies: Policy[]): Operation => ({ call: 'update', policies });

/** A token bucket that goes from ordinary numbers to very large ones, and to 0, and back. */
export const SCENES_BETWEEN_WIDE_AND_PLAIN: readonly Scene[] = [
  { policy: wide, startMs: 0, operations: [allow(1000), become(ordinary)] },
  { policy: wide, startMs: 0, operations: [allow(1000), become(ordinary), become(wide), check(1)] },
  { policy: ordinary, startMs: 0, operations: [allow(1000), become(wide), become(ordinary), check(1)] },
  { policy: ordinary, startMs: 0, operations: [allow(1000), become(off(ordinary)), advance(1), become(ordinary)] },
  { policy: wide, startMs: 0, operations: [reserve(1000), commit(0, 20_000_000_000), become(off(wide)), advance(9)] },
];

function off(policy: Policy): Policy {
  return { ...policy, limit: 0, burst: 0 };
}

/** Scenes with updates at the edges, and those that once were a counterexample. */
export const CHANGED_SCENES: readonly Scene[] = [
  ...updated(5, 1000, (to) => [
    check(3),
    to(10, 1000),
    check(7),
    check(1),
    to(5, 1000),
    check(1),
    advance(1000),
    check(5),
  ]),
  ...updated(5, 1000, (to) => [check(5), advance(600), to(5, 500), check(5), check(1)]),
  ...updated(5, 1000, (to) => [
    check(5),
    advance(600),
    to(5, 3000),
    check(1),
    advance(1399),
    check(1),
    advance(1001),
    check(1),
  ]),
  ...updated(2, 1000, (to) => [check(2), allow(1), allow(1), to(3, 1000), allow(1), allow(1)]),
  ...updated(5, 1000, (to) => [check(3), advance(1000), to(5, 3000), check(5), check(1)]),
  ...updated(7, 1000, (to) => [check(1), advance(1), to(1, 999), check(1)]),
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: Number.MAX_SAFE_INTEGER, windowMs: 315_619_199_999 }),
    startMs: 0,
    operations: [
      reserve(Number.MAX_SAFE_INTEGER),
      {
        call: 'update',
        policies: [policyOf({ algorithm: 'token-bucket', limit: 9_007_199_254_741, windowMs: 315_619_200_000 })],
      },
      check(1),
    ],
  },
  // Off and on again: what was owed is forgotten one window after it was noted, and not before.
  ...updated(10, 1000, (to) => [check(10), to(0, 1000), check(1), to(10, 1000), check(1)]),
  ...updated(10, 1000, (to) => [check(7), advance(33), to(0, 1000), advance(999), check(0), to(10, 1000), check(9)]),
  ...updated(10, 1000, (to) => [check(7), advance(33), to(0, 1000), advance(1000), check(0), to(10, 1000), check(10)]),
  // At a limit of 0 the window goes on from when it was noted, with the new length.
  ...updated(10, 1000, (to) => [check(9), to(0, 1000), advance(500), to(0, 700), advance(199), to(10, 1000), check(9)]),
  ...updated(10, 1000, (to) => [check(9), to(0, 1000), advance(500), to(0, 700), advance(200), to(10, 1000), check(9)]),
  ...updated(10, 1000, (to) => [check(9), to(0, 100), advance(99), to(0, 3000), advance(2900), check(0), to(9, 9)]),
  // Beyond an estimate units are owed at a limit of 0 as well.
  ...updated(10, 1000, (to) => [reserve(3), to(0, 1000), commit(0, 8), advance(999), to(10, 1000), check(3), check(1)]),
  ...updated(0, 1000, (to) => [reserve(0), commit(0, 8), advance(5), to(10, 1000), check(3), check(2)]),
  // What is over stays over, and is no state of the new policy.
  ...updated(1, 1337, (to) => [check(1), advance(2674), to(1, 72), check(1), advance(97), check(1)]),
  ...updated(9, 1000, (to) => [
    check(2),
    advance(100),
    check(2),
    advance(100),
    check(2),
    to(9, 333),
    advance(200),
    check(9),
  ]),
  ...updated(9, 1000, (to) => [reserve(4), advance(300), reserve(4), to(9, 700), commit(0, 0), commit(1, 1), check(9)]),
  ...updated(9, 1000, (to) => [
    reserve(4),
    advance(990),
    reserve(4),
    advance(400),
    to(9, 5000),
    commit(0, 0),
    check(9),
  ]),
];
