import type { Algorithm, Policy } from '../contract.js';
import type { AlgorithmCalls } from './algorithm-calls.js';
import * as fixedWindow from './fixed-window.js';
import * as slidingWindow from './sliding-window.js';
import { type Terms, termsOf } from './terms.js';
import * as tokenBucket from './token-bucket.js';

/** A policy, ready to decide. */
export interface CompiledPolicy {
  readonly algorithm: AlgorithmCalls;
  readonly terms: Terms;
  /** Where its state begins among the words of an entry's states. */
  readonly offset: number;
  /** Up to how many units each rank goes; under a limit of 0 none has any. Nothing is within the protected one: `NaN`. */
  readonly rankBounds: readonly number[];
}

const ALGORITHMS: Record<Algorithm, AlgorithmCalls> = {
  'fixed-window': fixedWindow.calls,
  'sliding-window': slidingWindow.calls,
  'token-bucket': tokenBucket.calls,
};

/** Compiles policies whose states stand one after the other. */
export function compile(policies: readonly Policy[]): readonly CompiledPolicy[] {
  let end = 0;
  return policies.map((policy) => {
    const [algorithm, terms, offset] = [ALGORITHMS[policy.algorithm], termsOf(policy), end];
    end += algorithm.wordsOf(terms);
    const { burst } = terms;
    const bounds = [64, 32, 16, 8, 4, 2, 1].map((part) => Math.min(Math.floor(burst / part), burst - 1));
    const rankBounds = [...bounds, Number.NaN];
    return { algorithm, terms, offset, rankBounds };
  });
}

/** How many words all states of an entry have. */
export function stateWords(policies: readonly CompiledPolicy[]): number {
  return policies.reduce((sum, { algorithm, terms }) => sum + algorithm.wordsOf(terms), 0);
}
