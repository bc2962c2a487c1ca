import type { PolicyRow } from '../contract.js';
import type { AlgorithmCalls } from './algorithm-calls.js';
import type { Mark } from './mark.js';
import { TIME, USED, type Words, wordAt } from './state.js';
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
 * Its words: when the debt was noted, and the debt as it was then.
 *
 * Reads side by side with `core-native/src/algorithms/token_bucket.rs`.
 */

/** How many words a key's state has. */
export function wordsOf(_terms: Terms): number {
  return 2;
}

/** Whether the key is as good as never seen. */
export function isFresh(words: Words, at: number, terms: Terms, nowMs: number): boolean {
  return owed(words, at, terms, nowMs) === 0;
}

/** Units left now. */
export function remaining(words: Words, at: number, terms: Terms, nowMs: number): number {
  const { burst, windowMs } = terms;
  return Math.max(0, Math.floor((burst * windowMs - owed(words, at, terms, nowMs)) / windowMs));
}

/** Whether no more than so many units are owed. */
export function within(words: Words, at: number, terms: Terms, units: number, nowMs: number): boolean {
  return owed(words, at, terms, nowMs) <= units * terms.windowMs;
}

export function fits(words: Words, at: number, terms: Terms, cost: number, nowMs: number): boolean {
  if (cost === 0) return true; // also while more is owed than the bucket holds
  return cost <= terms.burst && owed(words, at, terms, nowMs) <= (terms.burst - cost) * terms.windowMs;
}

/** Takes units: those that fit, or what was used beyond an estimate. */
export function add(words: Words, at: number, terms: Terms, units: number, nowMs: number): void {
  const debt = owed(words, at, terms, nowMs);
  const room = mostOwed(terms) - debt;
  words[at + USED] = debt + Math.max(0, Math.min(units * terms.windowMs, room)); // past 2^53 is beyond any room
  words[at + TIME] = nowMs;
}

/**
 * Takes units where more than `over` but not more than `most` is owed then, which is within the bucket. Answers whether it did: what it saves is to
 * work out the debt twice more.
 */
export function addBetween(
  words: Words,
  at: number,
  terms: Terms,
  units: number,
  over: number,
  most: number,
  nowMs: number,
): boolean {
  const debt = owed(words, at, terms, nowMs) + units * terms.windowMs;
  if (!(debt <= most) || debt <= over) return false;
  words[at + TIME] = nowMs;
  words[at + USED] = debt;
  return true;
}

/** Whether all of the units would be owed, none of them beyond the most. */
export function hasRoomFor(words: Words, at: number, terms: Terms, units: number, nowMs: number): boolean {
  return units * terms.windowMs <= mostOwed(terms) - owed(words, at, terms, nowMs);
}

/** A bucket of a limit of 0 holds nothing: what was owed before may be of any size. */
function mostOwed({ limit, burst, windowMs }: Terms): number {
  if (limit === 0) return Number.MAX_SAFE_INTEGER;
  return Math.min(MOST_BUCKETS_OWED * burst * windowMs, Number.MAX_SAFE_INTEGER);
}

/** How the key stands for a cost, or after it was taken. */
export function row(words: Words, at: number, terms: Terms, cost: number, nowMs: number, allowed: boolean): PolicyRow {
  const { name, limit, burst, windowMs } = terms;
  const debt = owed(words, at, terms, nowMs);
  const unpaidMs = terms.limit === 0 ? windowMs - (nowMs - wordAt(words, at + TIME)) : Math.ceil(debt / limit);
  return {
    name,
    limit,
    remaining: Math.max(0, Math.floor((burst * windowMs - debt) / windowMs)),
    resetAfterMs: debt === 0 ? 0 : unpaidMs,
    retryAfterMs: allowed ? 0 : retryAfterMs(words, at, terms, cost, nowMs),
  };
}

export function mark(words: Words, at: number): Mark {
  return { startMs: 0, subWindow: 0, low: wordAt(words, at + USED) };
}

/**
 * Leaves the debt that there would be if the units had never been taken. Without them it is less by those
 * units from then on, and where it would fall below 0, by what was owed at that time: so the least that was
 * owed since bounds what is given.
 */
export function refund(words: Words, at: number, terms: Terms, { low }: Mark, units: number, nowMs: number): number {
  const debt = owed(words, at, terms, nowMs);
  const given = Math.min(units * terms.windowMs, low, debt);
  if (given === 0) return 0;
  words[at + USED] = debt - given;
  words[at + TIME] = nowMs;
  return given;
}

/** Until the key is as good as never seen: until all is repaid. */
export function resetAfterMs(words: Words, at: number, terms: Terms, nowMs: number): number {
  const debt = owed(words, at, terms, nowMs);
  if (debt === 0) return 0;
  if (terms.limit === 0) return terms.windowMs - (nowMs - wordAt(words, at + TIME));
  return Math.ceil(debt / terms.limit);
}

/** How long a cost has to wait: until enough is repaid. */
export function retryAfterMs(words: Words, at: number, terms: Terms, cost: number, nowMs: number): number {
  const { burst, windowMs, limit } = terms;
  if (cost > burst) return Number.POSITIVE_INFINITY;
  if (cost === 0) return 0;
  const missing = owed(words, at, terms, nowMs) - (burst - cost) * windowMs;
  return missing <= 0 ? 0 : Math.ceil(missing / limit);
}

/**
 * The units that are owed stay so many, rounded up. The debt is noted anew, but for one that goes on without a rate to
 * repay by: its window goes on.
 */
export function change(from: Words, was: number, old: Terms, to: Words, at: number, now: Terms, nowMs: number): void {
  const [debt, unit] = [BigInt(owed(from, was, old, nowMs)), BigInt(old.windowMs)];
  const units = Number((debt * BigInt(now.windowMs) + unit - 1n) / unit);
  to[at + USED] = Math.min(units, mostOwed(now));
  to[at + TIME] = old.limit === 0 && now.limit === 0 ? wordAt(from, was + TIME) : nowMs;
}

/** The debt now. */
export function owed(words: Words, at: number, terms: Terms, nowMs: number): number {
  const debt = wordAt(words, at + USED);
  const sinceMs = nowMs - wordAt(words, at + TIME);
  if (terms.limit === 0) return sinceMs < terms.windowMs ? debt : 0;
  const repaid = sinceMs * terms.limit; // one that is no safe integer is beyond every debt
  return debt === 0 || repaid >= debt ? 0 : debt - repaid;
}

/** Nothing comes back of what was reserved before. */
export function changeMark(_from: Words, _was: number, _old: Terms, _new: Terms, taken: Mark): Mark {
  return { ...taken, low: 0 };
}

/** Whether a state that was read from bytes, with something used, can have come about. */
export function isSound(words: Words, at: number, terms: Terms): boolean {
  return wordAt(words, at + USED) <= mostOwed(terms);
}

export const calls: AlgorithmCalls = {
  wordsOf,
  isFresh,
  remaining,
  within,
  fits,
  add,
  hasRoomFor,
  row,
  mark,
  refund,
  isSound,
  change,
  changeMark,
  resetAfterMs,
  retryAfterMs,
  owed,
};
