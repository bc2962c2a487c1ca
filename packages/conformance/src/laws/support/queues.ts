import type { Policy } from '@headgate/core-ts';
import { policyOf } from '../../arbitraries/policy.js';

/** So many alike come at once, after a part of the window (in thousandths), and may go away again; -1: never. */
export interface Come {
  readonly what: 'come';
  readonly key: string;
  readonly cost: number;
  readonly count: number;
  readonly maxWaitPart: number;
  readonly leavesPart: number;
  readonly afterPart: number;
}

/** What happens to a key, or to all, while somebody waits. */
export type QueueStep =
  | Come
  | { readonly what: 'take'; readonly key: string; readonly cost: number; readonly afterPart: number }
  | { readonly what: 'reset'; readonly key: string; readonly afterPart: number }
  | { readonly what: 'clear'; readonly afterPart: number }
  | { readonly what: 'block'; readonly key: string; readonly part: number; readonly afterPart: number }
  /** Of the first policy: to another limit, and to a window that is so many times as long. */
  | { readonly what: 'update'; readonly limit: number; readonly windows: number; readonly afterPart: number };

export interface QueueScene {
  readonly policies: readonly Policy[];
  readonly steps: readonly QueueStep[];
}

const one = [policyOf({ limit: 1, windowMs: 1000 })];
const ten = [policyOf({ limit: 10, windowMs: 60_000 })];
const bucketOf10 = [policyOf({ algorithm: 'token-bucket', limit: 10, windowMs: 10_000 })];

/** Scenes that a slip in the queue would change. */
export const QUEUE_SCENES: readonly QueueScene[] = [
  // Behind one who waits for nearly a window, and behind one who leaves.
  { policies: one, steps: [come(1), come(1), come(1, { maxWaitPart: 1500 }), come(1, { maxWaitPart: 2500 })] },
  { policies: one, steps: [come(1), come(1, { leavesPart: 500 }), come(1)] },
  {
    policies: [policyOf({ limit: 2, windowMs: 1000 })],
    steps: [come(1), come(2, { leavesPart: 500 }), come(1)],
  },
  {
    policies: [policyOf({ algorithm: 'token-bucket', limit: 2, windowMs: 1000 })],
    steps: [come(2), come(2), come(1)],
  },
  // Costs that don't fill a window keep those behind them longer than could be foreseen.
  {
    policies: [policyOf({ limit: 4, windowMs: 1000 })],
    steps: [come(2), come(3, { maxWaitPart: 1000 }), come(2), come(3), come(1, { maxWaitPart: 2000 })],
  },
  // The second window is foreseen, and the third; at the very end somebody is in time.
  ...[1000, 1166, 1999, 2000].map((maxWaitPart) => ({
    policies: ten,
    steps: [come(10), come(1, { count: 10 }), come(1, { maxWaitPart }), come(1, { maxWaitPart: 2999 })],
  })),
  // One who can never fit after an update goes at once, and its units count no more.
  {
    policies: bucketOf10,
    steps: [come(10), come(1), come(9), update(5, 0.5), come(1, { maxWaitPart: 900 }), come(1)],
  },
  { policies: bucketOf10, steps: [come(10), come(9), come(1), update(5), update(20), come(9, { maxWaitPart: 1900 })] },
  { policies: ten, steps: [come(10), come(1), come(9), come(7), update(8), update(5)] },
  { policies: ten, steps: [come(10), come(1), come(9), come(1), update(5)] },
  { policies: ten, steps: [come(10), come(5), come(6), come(1, { maxWaitPart: 1000 }), update(0), update(5)] },
  // More than are served in one turn: nobody who comes between two turns overtakes, whatever starts them.
  {
    policies: [policyOf({ limit: 1200, windowMs: 1000 })],
    steps: [
      come(1200),
      come(1, { count: 1150 }),
      { what: 'reset', key: '0', afterPart: 100 },
      come(1),
      come(60),
      come(1),
    ],
  },
  {
    policies: [policyOf({ limit: 1100, windowMs: 1000 })],
    steps: [come(1100), come(1, { count: 1050 }), come(1, { maxWaitPart: 1000, afterPart: 1 })],
  },
  // A window, a bucket and a sliding window are foreseen beyond what fits at once.
  ...[1050, 1100].map((maxWaitPart) => ({
    policies: bucketOf10,
    steps: [come(10), come(1, { count: 10 }), come(1, { maxWaitPart })],
  })),
  {
    policies: [policyOf({ algorithm: 'sliding-window', limit: 2, windowMs: 1000 })],
    steps: [come(2), come(1, { count: 3 }), come(1, { maxWaitPart: 2200 })],
  },
  // Behind a block that ends before its window, with some units left.
  { policies: ten, steps: [come(1), block(100), come(1, { count: 10 }), come(1, { maxWaitPart: 1100 })] },
  // A block makes one in front late at once, and one behind it when its time is over.
  { policies: one, steps: [come(1), come(1, { maxWaitPart: 1500 }), block(4000, 500)] },
  { policies: one, steps: [come(1), come(1), come(1, { maxWaitPart: 2500 }), block(4000, 500)] },
  {
    policies: one,
    steps: [come(1), come(1), come(1, { maxWaitPart: 2500 }), come(1, { maxWaitPart: 3500 }), block(6000, 500)],
  },
  // Whoever waits for a block is admitted when it is lifted.
  {
    policies: one,
    steps: [
      come(1),
      come(1),
      come(0, { maxWaitPart: 2500 }),
      block(2000, 500),
      come(1, { maxWaitPart: 3500 }),
      { what: 'reset', key: '0', afterPart: 200 },
    ],
  },
  { policies: one, steps: [come(1), come(1), { what: 'clear', afterPart: 200 }] },
];

function come(cost: number, options: Partial<Come> = {}): Come {
  return { what: 'come', key: '0', cost, count: 1, maxWaitPart: -1, leavesPart: -1, afterPart: 0, ...options };
}

function update(limit: number, windows = 1): QueueStep {
  return { what: 'update', limit, windows, afterPart: 0 };
}

function block(part: number, afterPart = 0): QueueStep {
  return { what: 'block', key: '0', part, afterPart };
}
