import type { PolicyRow } from '../contract.js';
import type { Mark } from './mark.js';
import type { Words } from './state.js';
import type { Terms } from './terms.js';

/**
 * What each algorithm answers about one state, which begins at a word. `nowMs` is whole and never steps back. Each file has
 * them in `calls`, a plain object: of a namespace bundlers make getters, by which limits of three kinds take 1.5 times as
 * long, and which they keep where nothing uses them.
 */
export interface AlgorithmCalls {
  /** How many words a key's state has. */
  wordsOf(terms: Terms): number;
  isFresh(words: Words, at: number, terms: Terms, nowMs: number): boolean;
  remaining(words: Words, at: number, terms: Terms, nowMs: number): number;
  /** Whether no more than so many units are used. */
  within(words: Words, at: number, terms: Terms, units: number, nowMs: number): boolean;
  fits(words: Words, at: number, terms: Terms, cost: number, nowMs: number): boolean;
  add(words: Words, at: number, terms: Terms, units: number, nowMs: number): void;
  /** Whether all of the units would be counted, none of them beyond the most that is. */
  hasRoomFor(words: Words, at: number, terms: Terms, units: number, nowMs: number): boolean;
  /** How the key stands for a cost, or after it was taken: all that a decision tells, of one look at the state. */
  row(words: Words, at: number, terms: Terms, cost: number, nowMs: number, allowed: boolean): PolicyRow;
  /** Where the units stand that were taken just now. */
  mark(words: Words, at: number): Mark;
  /** Gives units back as far as those behind the mark still count; for a token bucket answers how much debt. */
  refund(words: Words, at: number, terms: Terms, mark: Mark, units: number, nowMs: number): number;
  /** Whether a state that was read from bytes, with something used, can have come about. */
  isSound(words: Words, at: number, terms: Terms, nowMs: number): boolean;
  /** Token bucket: the debt now. */
  owed?(words: Words, at: number, terms: Terms, nowMs: number): number;
  /** Makes a state of other terms one of these, in words that are all zero: units that count stay so many. */
  change(from: Words, was: number, old: Terms, to: Words, at: number, now: Terms, nowMs: number): void;
  /** Where a mark stands once its state, which is not changed yet, will be. */
  changeMark(from: Words, was: number, old: Terms, now: Terms, taken: Mark, nowMs: number): Mark;
  resetAfterMs(words: Words, at: number, terms: Terms, nowMs: number): number;
  retryAfterMs(words: Words, at: number, terms: Terms, cost: number, nowMs: number): number;
}
