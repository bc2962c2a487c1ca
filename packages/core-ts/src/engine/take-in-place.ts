import type { CompiledPolicy } from '../algorithms/compiled-policy.js';
import * as fixedWindow from '../algorithms/fixed-window.js';
import * as slidingWindow from '../algorithms/sliding-window.js';
import { USED, wordAt } from '../algorithms/state.js';
import * as tokenBucket from '../algorithms/token-bucket.js';
import type { Slab } from '../memory/slab.js';
import { type EvictionOrder, RANK_SHIFT } from './eviction-order.js';
import type { PolicySet } from './policy-set.js';

/**
 * Takes units from an entry where that is all there is to do: they fit, and the entry stays in its list. `reading`: the
 * time, not rounded down: a fraction of a millisecond is on no other side of a whole one. Answers whether it did; where
 * it did not, nothing has changed. A blocked entry has the protected rank, and nothing is within that.
 *
 * It stands beside `PolicySet.fits` and `PolicySet.add`, since most calls are such calls: without it a call on one hot key
 * takes twice as long, and one by three limits 1.6 times. What it takes, they would have taken: law 16 plays traces by
 * either against the model.
 */
export type TakeInPlace = (slab: Slab, slot: number, units: number, reading: number) => boolean;

export function takeInPlaceOf(policySet: PolicySet, order: EvictionOrder): TakeInPlace {
  const { policies } = policySet;
  const [policy, second] = policies as [CompiledPolicy, ...CompiledPolicy[]];
  if (policies.every(({ algorithm }) => algorithm === fixedWindow.calls))
    return second === undefined ? fixedWindowInPlace(policy) : fixedWindowsInPlace(policies);
  if (second !== undefined) return () => false; // several kinds
  if (policy.algorithm === slidingWindow.calls) return slidingWindowInPlace(policy);
  return tokenBucketInPlace(policy, policySet, order);
}

function fixedWindowInPlace({ terms, rankBounds }: CompiledPolicy): TakeInPlace {
  return (slab, slot, units, reading) => {
    const { words } = slab;
    const at = slab.at(slot);
    const most = rankBounds[slab.list(slot) >>> RANK_SHIFT] as number;
    if (!fixedWindow.canAddWithin(words, at, terms, units, most, reading)) return false;
    words[at + USED] = wordAt(words, at + USED) + units;
    return true;
  };
}

/** All of them or none: so they are asked before the first one is charged. */
function fixedWindowsInPlace(policies: readonly CompiledPolicy[]): TakeInPlace {
  return (slab, slot, units, reading) => {
    const rank = slab.list(slot) >>> RANK_SHIFT;
    const { words } = slab;
    const at = slab.at(slot);
    for (let i = 0; i < policies.length; i++) {
      const { terms, rankBounds, offset } = policies[i] as CompiledPolicy;
      if (!fixedWindow.canAddWithin(words, at + offset, terms, units, rankBounds[rank] as number, reading))
        return false;
    }
    for (let i = 0; i < policies.length; i++) {
      const used = at + (policies[i] as CompiledPolicy).offset + USED;
      words[used] = wordAt(words, used) + units;
    }
    return true;
  };
}

function slidingWindowInPlace({ terms, rankBounds }: CompiledPolicy): TakeInPlace {
  return (slab, slot, units, reading) => {
    const rank = slab.list(slot) >>> RANK_SHIFT;
    // A call with a smaller limit may have placed it higher than this one would.
    const over = rank === 0 ? -1 : (rankBounds[rank - 1] as number);
    const most = rankBounds[rank] as number;
    return slidingWindow.addBetween(slab.words, slab.at(slot), terms, units, over, most, reading);
  };
}

/** What is reserved has to be told how little is owed, and its time moves with each taking: it stays where its debt will be repaid in the slot of time that it is in. */
function tokenBucketInPlace({ terms, rankBounds }: CompiledPolicy, set: PolicySet, order: EvictionOrder): TakeInPlace {
  const { limit, windowMs } = terms;
  return (slab, slot, units, reading) => {
    if (units === 0 || slab.marks(slot) !== 0 || set.keptFromMs !== Number.POSITIVE_INFINITY) return false;
    const list = slab.list(slot);
    const rank = list >>> RANK_SHIFT;
    const nowMs = Math.floor(reading);
    const afterMs = order.startMs(list) - nowMs - 1;
    const over = rank === 0 ? -1 : (rankBounds[rank - 1] as number) * windowMs;
    const most = (rankBounds[rank] as number) * windowMs;
    const least = Math.max(over, afterMs * limit);
    const last = Math.min(most, (afterMs + order.grainMs) * limit);
    return tokenBucket.addBetween(slab.words, slab.at(slot), terms, units, least, last, nowMs);
  };
}
