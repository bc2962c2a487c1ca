import type { Mark } from '../engine/reservations.js';
import type { State } from './state.js';
import type { Terms } from './terms.js';

/** What is used beyond an estimate is owed too, up to so many buckets: no slip of a caller locks a key out for ever. */
const MOST_BUCKETS_OWED = 1024;

/*
 * The generic cell rate algorithm (ITU-T I.371, Annex A) on whole numbers. A unit taken is a debt of `windowMs`, and
 * each millisecond repays `limit`: so nothing is ever rounded, and nothing drifts. A cost fits while the debt stays
 * within the bucket. No debt passes 2^53 − 1, since no policy has a bucket of more than half of that.
 *
 * At most `burst + ⌊d · limit / windowMs⌋` units in any span `d`: the debt is at most a bucket's at its end,
 * and what the span repaid is `d · limit` at most.
 *
 * At a limit of 0 there is no rate to repay by: what is owed then stays, and is forgotten one window after it was last
 * noted.
 *
 * `used`: the debt as it was at `startMs`.
 *
 * Reads side by side with `core-native/src/algorithms/token_bucket.rs`.
 */

/** Whether the key is as good as never seen. */
export function isFresh(state: State, terms: Terms, nowMs: number): boolean {
  return owed(state, terms, nowMs) === 0;
}

/** Units left now. */
export function remaining(state: State, terms: Terms, nowMs: number): number {
  const { burst, windowMs } = terms;
  return Math.max(0, Math.floor((burst * windowMs - owed(state, terms, nowMs)) / windowMs));
}

/** Whether no more than so many units are owed. */
export function within(state: State, terms: Terms, units: number, nowMs: number): boolean {
  return owed(state, terms, nowMs) <= units * terms.windowMs;
}

export function fits(state: State, terms: Terms, cost: number, nowMs: number): boolean {
  if (cost === 0) return true; // also while more is owed than the bucket holds
  return cost <= terms.burst && owed(state, terms, nowMs) <= (terms.burst - cost) * terms.windowMs;
}

/** Takes units: those that fit, or what was used beyond an estimate. */
export function add(state: State, terms: Terms, units: number, nowMs: number): void {
  const debt = owed(state, terms, nowMs);
  const room = mostOwed(terms) - debt;
  state.used = debt + Math.max(0, Math.min(units * terms.windowMs, room)); // a product past 2^53 is beyond any room
  state.startMs = nowMs;
}

/** Whether all of the units would be owed, none of them beyond the most. */
export function hasRoomFor(state: State, terms: Terms, units: number, nowMs: number): boolean {
  return units * terms.windowMs <= mostOwed(terms) - owed(state, terms, nowMs);
}

/** A bucket of a limit of 0 holds nothing: what was owed before may be of any size. */
function mostOwed({ limit, burst, windowMs }: Terms): number {
  if (limit === 0) return Number.MAX_SAFE_INTEGER;
  return Math.min(MOST_BUCKETS_OWED * burst * windowMs, Number.MAX_SAFE_INTEGER);
}

/** Until the key is as good as never seen: until all is repaid. */
export function resetAfterMs(state: State, terms: Terms, nowMs: number): number {
  const debt = owed(state, terms, nowMs);
  if (debt === 0) return 0;
  return terms.limit === 0 ? terms.windowMs - (nowMs - state.startMs) : Math.ceil(debt / terms.limit);
}

/** How long a cost has to wait: until enough is repaid. */
export function retryAfterMs(state: State, terms: Terms, cost: number, nowMs: number): number {
  const { burst, windowMs, limit } = terms;
  if (cost > burst) return Number.POSITIVE_INFINITY;
  if (cost === 0) return 0;
  const missing = owed(state, terms, nowMs) - (burst - cost) * windowMs;
  return missing <= 0 ? 0 : Math.ceil(missing / limit);
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
  const debt = owed(state, terms, nowMs);
  const given = Math.min(units * terms.windowMs, low, debt);
  if (given === 0) return 0;
  state.used = debt - given;
  state.startMs = nowMs;
  return given;
}

/** The debt now. */
export function owed(state: State, terms: Terms, nowMs: number): number {
  const sinceMs = nowMs - state.startMs;
  if (terms.limit === 0) return sinceMs < terms.windowMs ? state.used : 0;
  const repaid = sinceMs * terms.limit; // one that is no safe integer is beyond every debt
  return state.used === 0 || repaid >= state.used ? 0 : state.used - repaid;
}

/**
 * The units that are owed stay so many, rounded up. The debt is noted anew, but for one that goes on without a rate to
 * repay by: its window goes on.
 */
export function change(state: State, from: Terms, to: Terms, nowMs: number): void {
  const [debt, unit] = [BigInt(owed(state, from, nowMs)), BigInt(from.windowMs)];
  const units = Number((debt * BigInt(to.windowMs) + unit - 1n) / unit);
  state.used = Math.min(units, mostOwed(to));
  if (from.limit !== 0 || to.limit !== 0) state.startMs = nowMs;
}

/** Nothing comes back of what was reserved before. */
export function changeMark(_state: State, _from: Terms, _to: Terms, taken: Mark): Mark {
  return { ...taken, low: 0 };
}

/** Whether a state that was read from bytes can have come about. */
export function isSound({ used, parts }: State, terms: Terms): boolean {
  return parts === undefined && used <= mostOwed(terms);
}
