import type { Algorithm, Policy } from '../contract.js';
import type { Mark } from '../engine/reservations.js';
import * as fixedWindow from './fixed-window.js';
import * as slidingWindow from './sliding-window.js';
import type { State } from './state.js';
import { type Terms, termsOf } from './terms.js';
import * as tokenBucket from './token-bucket.js';

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
  /** Gives units back as far as those behind the mark still count; for a token bucket answers how much debt. */
  refund(state: State, terms: Terms, mark: Mark, units: number, nowMs: number): number;
  /** Whether a state that was read from bytes, with something used, can have come about. */
  isSound(state: State, terms: Terms, nowMs: number): boolean;
  /** Token bucket: the debt now. */
  owed?(state: State, terms: Terms, nowMs: number): number;
  /** Makes a state of other terms one of these: units that count stay so many. */
  change(state: State, from: Terms, to: Terms, nowMs: number): void;
  /** Where a mark stands once its state, which is not changed yet, will be. */
  changeMark(state: State, from: Terms, to: Terms, taken: Mark, nowMs: number): Mark;
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

const CALLS: Record<Algorithm, AlgorithmCalls> = {
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  'token-bucket': tokenBucket,
};

export function ruleOf(policy: Policy): Rule {
  const terms = termsOf(policy);
  const upTo = [64, 32, 16, 8, 4, 2, 1].map((part) => Math.min(Math.floor(terms.burst / part), terms.burst - 1));
  return { calls: CALLS[policy.algorithm], terms, upTo };
}
