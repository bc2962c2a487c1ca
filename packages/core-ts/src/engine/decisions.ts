import type { Decision, OnFull, Units } from '../contract.js';
import { decision } from '../decision.js';
import { NONE } from '../memory/slab.js';
import { isNone } from '../units.js';
import type { Entries } from './entries.js';
import type { PolicySet } from './policy-set.js';

/** In the place of an entry: none is held for what was allowed, or for what was denied. */
export const UNHELD = -2;
export const DENIED = -1;

/** The states of a key never seen: a decision on one is read from here. Nothing writes to what has nothing used. */
const NOBODY = new Float64Array(4096);

/** How a key stands, for `blockedMs` more under a block; of one that is not held, as one never seen. */
export function decisionOn(
  { slab }: Entries,
  slot: number,
  policySet: PolicySet,
  allowed: boolean,
  cost: Units,
  nowMs: number,
  blockedMs: number,
): Decision {
  if (slot < 0) return policySet.decision(allowed, NOBODY, 0, cost, nowMs, blockedMs);
  return policySet.decision(allowed, slab.words, slab.at(slot), cost, nowMs, blockedMs);
}

/** The decision on a key that was not held: `slot` is what stands for it now. */
export function firstDecision(
  entries: Entries,
  slot: number,
  policySet: PolicySet,
  cost: Units,
  nowMs: number,
): Decision {
  const allowed = slot !== DENIED;
  if (allowed || !policySet.canEverFit(cost)) return decisionOn(entries, slot, policySet, allowed, cost, nowMs, 0);
  const afterMs = Math.max(1, entries.roomDueMs() - nowMs);
  const rows = policySet.policies.map(({ terms: { name, limit } }) => {
    return { name, limit, remaining: 0, resetAfterMs: 0, retryAfterMs: afterMs };
  });
  return decision(false, rows, 0);
}

/** The policy that binds the denial of a cost that a key never seen can't take. */
export function bindingOfNobody(policySet: PolicySet, cost: Units, nowMs: number): number {
  return policySet.binding(NOBODY, 0, cost, nowMs);
}

/** What `check` would decide now; takes nothing, creates nothing, counts nowhere. */
export function foreseen(
  entries: Entries,
  slot: number,
  policySet: PolicySet,
  cost: Units,
  nowMs: number,
  onFull: OnFull,
): Decision {
  if (slot === NONE) {
    const fits = policySet.canEverFit(cost) && (onFull === 'admit' || isNone(cost) || entries.hasRoom(nowMs));
    return firstDecision(entries, fits ? UNHELD : DENIED, policySet, cost, nowMs);
  }
  const blockedMs = entries.blockLeftMs(slot, nowMs);
  const fits = blockedMs === 0 && entries.fits(slot, cost, policySet, nowMs);
  const askedMs = fits || blockedMs > 0 ? blockedMs : entries.blockAskedMs(slot, cost, policySet, nowMs);
  return decisionOn(entries, slot, policySet, fits, cost, nowMs, askedMs);
}
