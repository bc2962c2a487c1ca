import type { Mark } from '../reservations.js';
import type { State } from './state.js';
import type { Terms } from './terms.js';

/** What is used beyond an estimate is owed too, up to so many buckets: no slip of a caller locks a key out for ever. */
export const MOST_BUCKETS_OWED = 1024;

/*
 * The generic cell rate algorithm (ITU-T I.371, Annex A) on whole numbers. A unit taken is a debt of
 * `unitTicks`, each millisecond repays `msTicks`, and the two have the ratio of window to limit exactly: so
 * nothing is ever rounded, and nothing drifts. A cost fits while the debt stays within the bucket.
 *
 * At most `burst + ⌊d · limit / windowMs⌋` units in any span `d`: the debt is at most a bucket's at its end,
 * and what the span repaid is `d · msTicks` at most.
 *
 * `used`: the debt, in ticks, as it was at `startMs`.
 *
 * Reads side by side with `core-native/src/algorithms/token_bucket.rs`. Numbers that a `number` can't keep
 * exactly, and a limit of 0, are `token-bucket-wide.ts`.
 */

/** Whether the ticks of all debts are safe integers; at a limit of 0 what is owed may be of any size. */
export function isExact({ limit, burst, unitTicks }: Terms): boolean {
  return limit > 0 && (MOST_BUCKETS_OWED + 1) * burst * unitTicks <= Number.MAX_SAFE_INTEGER;
}

/** Whether the key is as good as never seen. */
export function isFresh(state: State, terms: Terms, nowMs: number): boolean {
  return debtAt(state, terms, nowMs) === 0;
}

/** Units left now. */
export function remaining(state: State, terms: Terms, nowMs: number): number {
  const { burst, unitTicks } = terms;
  return Math.max(0, Math.floor((burst * unitTicks - debtAt(state, terms, nowMs)) / unitTicks));
}

/** Whether no more than so many units are owed. */
export function within(state: State, terms: Terms, units: number, nowMs: number): boolean {
  return debtAt(state, terms, nowMs) <= units * terms.unitTicks;
}

export function fits(state: State, terms: Terms, cost: number, nowMs: number): boolean {
  if (cost === 0) return true; // also while more is owed than the bucket holds
  const { burst, unitTicks } = terms;
  return cost <= burst && debtAt(state, terms, nowMs) + cost * unitTicks <= burst * unitTicks;
}

/** Takes units: those that fit, or what was used beyond an estimate. */
export function add(state: State, terms: Terms, units: number, nowMs: number): void {
  const { burst, unitTicks } = terms;
  const most = MOST_BUCKETS_OWED * burst * unitTicks;
  state.used = Math.min(debtAt(state, terms, nowMs) + units * unitTicks, most);
  state.startMs = nowMs;
}

/** Whether all of the units would be owed, none of them beyond the most. */
export function hasRoomFor(state: State, terms: Terms, units: number, nowMs: number): boolean {
  const { burst, unitTicks } = terms;
  return debtAt(state, terms, nowMs) + units * unitTicks <= MOST_BUCKETS_OWED * burst * unitTicks;
}

/** Until the key is as good as never seen: until all is repaid. */
export function resetAfterMs(state: State, terms: Terms, nowMs: number): number {
  const debt = debtAt(state, terms, nowMs);
  return debt === 0 ? 0 : Math.ceil(debt / terms.msTicks);
}

/** How long a cost has to wait: until enough is repaid. */
export function retryAfterMs(state: State, terms: Terms, cost: number, nowMs: number): number {
  const { burst, unitTicks, msTicks } = terms;
  if (cost > burst) return Number.POSITIVE_INFINITY;
  if (cost === 0) return 0;
  const missing = debtAt(state, terms, nowMs) + cost * unitTicks - burst * unitTicks;
  return missing <= 0 ? 0 : Math.ceil(missing / msTicks);
}

export function mark({ used }: State): Mark {
  return { startMs: 0, sub: 0, low: used };
}

/**
 * Leaves the debt that there would be if the units had never been taken. Without them it is less by those
 * units from then on, and where it would fall below 0, by what was owed at that time: so the least that was
 * owed since bounds what is given.
 */
export function refund(state: State, terms: Terms, { low }: Mark, units: number, nowMs: number): number {
  const debt = debtAt(state, terms, nowMs);
  const given = Math.min(units * terms.unitTicks, Number(low), debt);
  if (given === 0) return 0;
  state.used = debt - given;
  state.startMs = nowMs;
  return given;
}

export { debtAt as owed };

/** Sets the debt, in ticks of these terms. What other terms kept beside it is no part of these. */
export function owe(state: State, _terms: Terms, ticks: bigint, nowMs: number): void {
  state.used = Number(ticks);
  state.startMs = nowMs;
  if (state.parts !== undefined) state.parts = undefined;
}

function debtAt(state: State, terms: Terms, nowMs: number): number {
  const repaid = (nowMs - state.startMs) * terms.msTicks; // one that is no safe integer is beyond every debt
  return state.used === 0 || repaid >= state.used ? 0 : state.used - repaid;
}

/** Whether a state that was read from bytes can have come about. */
export function isSound({ used, parts }: State, { burst, unitTicks }: Terms): boolean {
  return parts === undefined && used <= MOST_BUCKETS_OWED * burst * unitTicks;
}
