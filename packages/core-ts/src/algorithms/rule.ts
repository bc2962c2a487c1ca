import type { Policy } from '../contract.js';
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
  fits(state: State, terms: Terms, cost: number, nowMs: number): boolean;
  add(state: State, terms: Terms, units: number, nowMs: number): void;
  resetAfterMs(state: State, terms: Terms, nowMs: number): number;
  retryAfterMs(state: State, terms: Terms, cost: number, nowMs: number): number;
}

/** A policy, ready to decide. */
export interface Rule {
  readonly calls: AlgorithmCalls;
  readonly terms: Terms;
}

export function ruleOf(policy: Policy): Rule {
  const terms = termsOf(policy);
  return { calls: callsOf(terms), terms };
}

function callsOf(terms: Terms): AlgorithmCalls {
  if (terms.algorithm === 'fixed-window') return fixedWindow;
  if (terms.algorithm === 'sliding-window') return slidingWindow;
  return tokenBucket.isExact(terms) ? tokenBucket : tokenBucketWide;
}
