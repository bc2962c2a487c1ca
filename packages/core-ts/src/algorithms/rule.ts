import type { Policy } from '../contract.js';
import type { Mark } from '../reservations.js';
import * as fixedWindow from './fixed-window.js';
import * as slidingWindow from './sliding-window.js';
import type { State } from './state.js';
import { type Terms, termsOf } from './terms.js';
import * as tokenBucket from './token-bucket.js';
import * as tokenBucketWide from './token-bucket-wide.js';

/** What each algorithm answers about one state. `nowMs` is whole and never steps back. */
export interface AlgorithmCalls {
  isFresh(state: State, terms: Terms, nowMs: number): boolean;
  remaining(state: State, terms: Terms, nowMs: number): number;
  /** Whether no more than so many units are used. */
  within(state: State, terms: Terms, units: number, nowMs: number): boolean;
  fits(state: State, terms: Terms, cost: number, nowMs: number): boolean;
  add(state: State, terms: Terms, units: number, nowMs: number): void;
  /** Whether all of the units would be counted, none of them beyond the most that is. */
  hasRoomFor(state: State, terms: Terms, units: number, nowMs: number): boolean;
  /** Where the units stand that were taken just now. */
  mark(state: State, terms: Terms): Mark;
  /** Gives units back as far as those behind the mark still count; for a token bucket answers how many ticks. */
  refund(state: State, terms: Terms, mark: Mark, units: number, nowMs: number): number | bigint;
  /** Whether a state that was read from bytes, with something used, can have come about. */
  isSound(state: State, terms: Terms, nowMs: number): boolean;
  /** Token bucket: ticks owed now. */
  owed?(state: State, terms: Terms, nowMs: number): number | bigint;
  /** Token bucket: sets what is owed. */
  owe?(state: State, terms: Terms, ticks: bigint, nowMs: number): void;
  /** The windows: makes a state of other terms one of these. */
  change?(state: State, from: Terms, to: Terms, nowMs: number): void;
  /** The windows: where a mark stands once its state, which is not changed yet, will be. */
  changeMark?(state: State, from: Terms, to: Terms, taken: Mark, nowMs: number): Mark;
  resetAfterMs(state: State, terms: Terms, nowMs: number): number;
  retryAfterMs(state: State, terms: Terms, cost: number, nowMs: number): number;
}

/** A policy, ready to decide. */
export interface Rule {
  readonly calls: AlgorithmCalls;
  readonly terms: Terms;
  /** Up to how many units each rank below the protected one goes; under a limit of 0 none has any. */
  readonly upTo: readonly number[];
}

export function ruleOf(policy: Policy): Rule {
  const terms = termsOf(policy);
  const upTo = [64, 32, 16, 8, 4, 2, 1].map((part) => Math.min(Math.floor(terms.burst / part), terms.burst - 1));
  return { calls: callsOf(terms), terms, upTo };
}

function callsOf(terms: Terms): AlgorithmCalls {
  if (terms.algorithm === 'fixed-window') return fixedWindow;
  if (terms.algorithm === 'sliding-window') return slidingWindow;
  return tokenBucket.isExact(terms) ? tokenBucket : tokenBucketWide;
}

/**
 * Makes a state of one policy one of another policy of the same algorithm: units that count stay so many. A token
 * bucket's debt is noted anew, but for one that goes on without a rate to repay by: its window goes on.
 */
export function changeState(state: State, from: Rule, to: Rule, nowMs: number): void {
  to.calls.change?.(state, from.terms, to.terms, nowMs);
  if (from.calls.owed === undefined) return;
  const [unit, newUnit] = [BigInt(from.terms.unitTicks), BigInt(to.terms.unitTicks)];
  const ticks = (BigInt(from.calls.owed(state, from.terms, nowMs)) * newUnit + unit - 1n) / unit;
  const most = tokenBucketWide.mostOwed(to.terms);
  const notedMs = from.terms.limit === 0 && to.terms.limit === 0 ? state.startMs : nowMs;
  to.calls.owe?.(state, to.terms, ticks < most ? ticks : most, notedMs);
}

/** Where a mark stands then. A token bucket gives nothing back of what was reserved before. */
export function changeMark(state: State, from: Rule, to: Rule, taken: Mark, nowMs: number): Mark {
  return to.calls.changeMark?.(state, from.terms, to.terms, taken, nowMs) ?? { ...taken, low: 0 };
}
