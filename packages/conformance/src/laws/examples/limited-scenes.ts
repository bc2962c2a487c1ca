import { policyOf } from '../../arbitraries/policy.js';
import type { Operation, Scene } from '../../scene/scene.js';
import { advance, cleanup } from './operations.js';

const MOST_IN_A_MILLISECOND = 2 ** 52 - 1;
const allowBy = (cost: number, limit?: number): Operation => {
  return { call: 'allow', key: 'a', cost, ...(limit === undefined ? {} : { limit }) };
};

/** Scenes whose calls bring limits and costs of their own, and that once were a counterexample. */
export const LIMITED_SCENES: readonly Scene[] = [
  // When to look again may lie beyond 2^53: where there is room for one, that is how long another key waits.
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: 2, windowMs: 10 }),
    startMs: 8_992_049_533_136_991,
    operations: [
      allowBy(450_359_962_737_049, 450_359_962_737_049),
      advance(11_362_291_200_000),
      { call: 'check', key: 'b', cost: 2 },
    ],
  },
  // Who was placed by a smaller limit is placed anew by the next call.
  {
    policy: policyOf({ algorithm: 'sliding-window', limit: 2 ** 31 - 1, windowMs: 1 }),
    startMs: 0,
    operations: [allowBy(1, 2), allowBy(1), { call: 'crowd', from: 0, count: 3 }],
  },
  // What is over by the own limit is over for any, whether it was reclaimed or not.
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: 2, windowMs: 1000 }),
    startMs: 0,
    operations: [allowBy(1), advance(500), allowBy(1, 1), cleanup, advance(1000), cleanup],
  },
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: 2, windowMs: 1000, burst: 1, name: 'bucket' }),
    others: [policyOf({ limit: 1, windowMs: 1000, name: 'window' })],
    startMs: -1,
    operations: [
      allowBy(1),
      advance(999),
      { call: 'reserve', key: 'a', cost: 0, limit: { bucket: 1, window: 1 } },
      { call: 'reserve', key: 'a', cost: 1, costs: { bucket: 0, window: 1 } },
      { call: 'settle', reservation: 1, actual: { bucket: 1, window: 0 } },
    ],
  },
  // What is repaid by the own limit gives nothing back, also where a smaller one looks at it still.
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: 4, windowMs: 2 }),
    startMs: -1,
    operations: [
      { call: 'reserve', key: 'a', cost: 2 },
      allowBy(5, 1),
      advance(1),
      { call: 'settle', reservation: 0, actual: 0 },
      allowBy(2, 2),
    ],
  },
  // Time that was repaid by the limit of a taking stays so when that is given back.
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: 1, windowMs: 1000 }),
    startMs: 0,
    operations: [
      allowBy(1),
      advance(1),
      { call: 'reserve', key: 'a', cost: 1, limit: 2 },
      allowBy(1, 2 ** 31 - 1),
      { call: 'settle', reservation: 0, actual: 0 },
    ],
  },
  // What the own limits took before is held no longer than by them.
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: 2 ** 31 - 1, windowMs: 8 }),
    startMs: 0,
    operations: [{ call: 'reserve', key: 'b', cost: 1 }, advance(2), allowBy(2 ** 31 - 1), allowBy(1, 1), cleanup],
  },
  // More is owed than a smaller bucket ever is.
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: 1, windowMs: 1000 }),
    startMs: -1,
    operations: [
      { call: 'reserve', key: 'a', cost: 1 },
      allowBy(1024, 1026),
      { call: 'settle', reservation: 0, actual: 5 },
      allowBy(1),
    ],
  },
  // A reservation is settled by its limit under the numbers of an update.
  {
    policy: policyOf({ limit: 10, windowMs: 1000 }),
    startMs: 0,
    operations: [
      { call: 'reserve', key: 'a', cost: 3, limit: 4 },
      { call: 'update', policies: [policyOf({ limit: 0, windowMs: 10 })] },
      { call: 'settle', reservation: 0, actual: 8 },
      { call: 'update', policies: [policyOf({ limit: 10, windowMs: 1000 })] },
      allowBy(3),
    ],
  },
  {
    policy: policyOf({ algorithm: 'token-bucket', limit: 1, windowMs: 1, burst: 2 }),
    startMs: 0,
    operations: [
      allowBy(2 ** 53, MOST_IN_A_MILLISECOND - 1),
      allowBy(1, MOST_IN_A_MILLISECOND - 1),
      advance(1),
      allowBy(2),
    ],
  },
];
