import type { Algorithm, Policy } from '@headgate/core-ts';
import { demand } from '../../run/law-broken.js';
import { printKey } from '../../scene/scene.js';

/** Units that a key was admitted at one time. */
export interface Taken {
  readonly atMs: bigint;
  readonly cost: bigint;
}

type Bound = (taken: readonly Taken[], policy: Policy, key: string) => void;

const BOUNDS: Record<Algorithm, Bound> = {
  'fixed-window': fixedWindowBound,
  'sliding-window': slidingWindowBound,
  'token-bucket': tokenBucketBound,
};

/** @throws LawBroken where some span has more units than the policy's algorithm admits in it. */
export function demandBound(taken: readonly Taken[], policy: Policy, key: string): void {
  BOUNDS[policy.algorithm](taken, policy, key);
}

function fixedWindowBound(taken: readonly Taken[], policy: Policy, key: string): void {
  const limit = BigInt(policy.limit);
  const windowMs = BigInt(policy.windowMs);
  let window = { startMs: taken[0]?.atMs ?? 0n, used: 0n };

  for (const { atMs, cost } of taken) {
    if (atMs >= window.startMs + windowMs) window = { startMs: atMs, used: 0n };
    window.used += cost;
    demand(
      window.used <= limit,
      () => `key ${printKey(key)}: ${window.used} units in the window from ${window.startMs}`,
    );
  }
  for (const { atMs: fromMs } of taken) {
    const span = taken.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + windowMs);
    const used = span.reduce((sum, { cost }) => sum + cost, 0n);
    demand(
      used <= 2n * limit - 1n,
      () => `key ${printKey(key)}: ${used} units in the span of one window from ${fromMs}`,
    );
  }
}

/** Every span is tried that begins with a taking: one that begins between two has no more in it. */
function slidingWindowBound(taken: readonly Taken[], { limit, windowMs }: Policy, key: string): void {
  for (const { atMs: fromMs } of taken) {
    const used = unitsIn(taken, fromMs, fromMs + BigInt(windowMs) - 1n);
    demand(used <= BigInt(limit), () => `key ${printKey(key)}: ${used} units in the span of one window from ${fromMs}`);
  }
}

function tokenBucketBound(taken: readonly Taken[], { limit, windowMs, burst }: Policy, key: string): void {
  for (const { atMs: fromMs } of taken) {
    for (const { atMs: toMs } of taken) {
      const bound = BigInt(burst) + ((toMs - fromMs) * BigInt(limit)) / BigInt(windowMs);
      const used = unitsIn(taken, fromMs, toMs);
      demand(
        toMs < fromMs || used <= bound,
        () => `key ${printKey(key)}: ${used} units from ${fromMs} to ${toMs}, where ${bound} may be`,
      );
    }
  }
}

function unitsIn(taken: readonly Taken[], fromMs: bigint, toMs: bigint): bigint {
  return taken.reduce((sum, { atMs, cost }) => (atMs >= fromMs && atMs <= toMs ? sum + cost : sum), 0n);
}
