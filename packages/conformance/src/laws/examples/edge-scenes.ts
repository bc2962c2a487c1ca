import { type Algorithm, MAX_WINDOW_MS } from '@headgate/core-ts';
import { byEachAlgorithm, policyOf } from '../../arbitraries/policy.js';
import type { Operation, Scene } from '../../scene/scene.js';
import { advance, allow, check, cleanup, peek, reset } from './operations.js';

const MOST = Number.MAX_SAFE_INTEGER;

function scene(limit: number, windowMs: number, startMs: number, operations: readonly Operation[]): Scene {
  return { policy: policyOf({ limit, windowMs }), startMs, operations };
}

/** Scenes at the edges, and those that once were a counterexample; each leaves room for two windows more. */
export const EDGE_SCENES: readonly Scene[] = [
  scene(2, 1000, 0, [check(2), advance(999), check(1), peek(1), advance(1), peek(2), check(2), check(1)]),
  scene(5, 1001, -1, [check(4), check(2), allow(2), check(1), advance(1001), allow(5), check(1)]),
  scene(0, 1, 0, [check(0), check(1), allow(1), peek(0), advance(1), check(1), reset]),
  scene(1, 1, 0, [check(1), check(1), advance(1), check(1), advance(1), cleanup]),
  scene(MOST, MAX_WINDOW_MS, 0, [
    check(MOST - 1),
    check(2),
    advance(MAX_WINDOW_MS - 1),
    check(2),
    check(1),
    advance(1),
    check(MOST),
  ]),
  scene(2 ** 31, 2 ** 31, -MOST, [
    check(2 ** 31 - 1),
    check(2),
    check(1),
    check(1),
    advance(2 ** 31 - 1),
    check(1),
    advance(1),
    check(1),
  ]),
  scene(3, 1000, MOST - 5000, [check(3), advance(999), check(1), advance(1), check(3), advance(1000), check(1)]),
  // A denial that is remembered is of its key and cost, and ends with its entry.
  scene(3, 1000, 0, [allow(1, 'b'), allow(3), allow(1), allow(1), allow(1, 'b'), allow(1, 'b'), allow(1)]),
  scene(2, 1000, 0, [allow(2), allow(1), reset, allow(1), allow(1), allow(1)]),
  scene(1, 1000, 0, [allow(1), allow(1), advance(1000), cleanup, allow(1, ''), allow(1), allow(1)]),
  // A cost of 0 on an expired key starts no window.
  scene(2, 1000, 0, [check(1), advance(1000), check(0), advance(500), check(1), advance(500), check(2), check(1)]),
  // Forgetting what is expired, unknown, or taken in two windows in a row.
  scene(2, 1000, 0, [reset, check(1), advance(1000), reset, check(1), advance(1000), check(1), reset, reset, cleanup]),
  // The key's windows and the ageing of entries out of step by half a window.
  scene(2, 1000, 0, [
    advance(500),
    check(1),
    advance(500),
    check(1),
    advance(500),
    check(1),
    advance(500),
    check(1),
    advance(500),
    check(1),
    check(1),
  ]),
  // A live key that ages while a cleanup comes.
  scene(1, 1000, 0, [
    advance(999),
    check(1),
    advance(1),
    check(1, 'b'),
    cleanup,
    check(1),
    check(1, 'b'),
    advance(999),
    cleanup,
    check(1),
  ]),
  // An expired entry that ages out in the very call of cleanupExpired, which has to count it.
  scene(2, 1000, 0, [check(1), check(1, 'b'), advance(1000), check(1), advance(1000), cleanup]),
  // Units in several sub-windows, which drop one after the other and come round the ring.
  {
    policy: policyOf({ algorithm: 'sliding-window', limit: 4, windowMs: 100 }),
    startMs: 7,
    operations: Array.from({ length: 30 }, () => [
      check(1),
      advance(15),
      check(2),
      advance(10),
      peek(3),
      check(4),
    ]).flat(),
  },
  {
    policy: policyOf({ algorithm: 'sliding-window', limit: 3, windowMs: 19 }),
    startMs: -40,
    operations: Array.from({ length: 30 }, () => [check(1), advance(3), check(1), advance(4), check(2)]).flat(),
  },
  // A bucket that is never quite full again, and one of more ticks than a number has.
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: 7, windowMs: 100, burst: 3 }),
    startMs: 0,
    operations: Array.from({ length: 20 }, () => [
      check(1),
      check(2),
      advance(13),
      check(1),
      peek(3),
      advance(1),
    ]).flat(),
  },
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: MOST, windowMs: MAX_WINDOW_MS }),
    startMs: 0,
    operations: [check(MOST), check(1), advance(1), check(28_538), check(1), advance(MAX_WINDOW_MS - 1), check(MOST)],
  },
  // Two policies deny at once, and the second blocks for longer.
  {
    policy: { ...policyOf({ name: 'a', limit: 1, windowMs: 10 }), blockForMs: 15 },
    others: [{ ...policyOf({ name: 'b', limit: 1, windowMs: 10 }), blockForMs: 30 }],
    startMs: 0,
    operations: [check(1), check(1), advance(15), check(1), advance(15), check(1)],
  },
  // A key first named by a denied call, then taken.
  scene(2, 10, 0, [check(3), peek(3), check(2), check(1)]),
  // Times that are small negative numbers, which could be taken for a code.
  scene(9, 1000, -7, Array.from({ length: 8 }, () => [check(1), peek(1), advance(1)]).flat()),
  scene(1, 1498, -1500, [check(1), peek(1)]),
];

/** Scenes in which the clock steps back. */
export const SCENES_WITH_STEPS_BACK: readonly Scene[] = [
  scene(1, 1000, 0, [check(1), advance(-1), check(1), advance(-5000), check(1), advance(1000), check(1), check(1)]),
  scene(2, 1000, 0, [check(1), advance(999), advance(-999), check(1), check(1), advance(1000), check(2)]),
  scene(1, 1000, -MOST + 3000, [check(1), advance(-3000), check(1), advance(999), check(1), advance(1), check(1)]),
  scene(1, 1000, 0, [check(1), advance(500), peek(1), advance(-500), peek(1), advance(500), check(1), check(1)]),
  // Readings that go back and forth, by as much as jitter can be and by more, and readings out of order.
  ...[1, 2, 250, 1000, 1001].flatMap((ms) => byEachAlgorithm((algorithm) => flapping(algorithm, ms))),
  scene(3, 100, 5000, Array.from({ length: 40 }, (_, i) => [check(1), advance((i * 37) % 101 < 50 ? 51 : -50)]).flat()),
];

function flapping(algorithm: Algorithm, ms: number): Scene {
  const policy = policyOf({ algorithm, limit: 3, windowMs: 1500 });
  return {
    policy,
    startMs: 0,
    operations: Array.from({ length: 20 }, () => [check(1), advance(ms), check(1), advance(-ms)]).flat(),
  };
}
