import type { State } from './state.js';
import type { Terms } from './terms.js';

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
 * exactly are `token-bucket-wide.ts`.
 */

/** Whether the ticks of all debts are safe integers. */
export function isExact({ burst, unitTicks }: Terms): boolean {
  return 2 * burst * unitTicks <= Number.MAX_SAFE_INTEGER;
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

export function fits(state: State, terms: Terms, cost: number, nowMs: number): boolean {
  const { burst, unitTicks } = terms;
  return cost <= burst && debtAt(state, terms, nowMs) + cost * unitTicks <= burst * unitTicks;
}

/** Takes units that fit. */
export function add(state: State, terms: Terms, units: number, nowMs: number): void {
  state.used = debtAt(state, terms, nowMs) + units * terms.unitTicks;
  state.startMs = nowMs;
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
  const missing = debtAt(state, terms, nowMs) + cost * unitTicks - burst * unitTicks;
  return missing <= 0 ? 0 : Math.ceil(missing / msTicks);
}

function debtAt(state: State, terms: Terms, nowMs: number): number {
  const repaid = (nowMs - state.startMs) * terms.msTicks; // one that is no safe integer is beyond every debt
  return state.used === 0 || repaid >= state.used ? 0 : state.used - repaid;
}
