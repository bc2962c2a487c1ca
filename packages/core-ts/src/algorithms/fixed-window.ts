import type { Policy, PolicyRow } from '../contract.js';
import type { AlgorithmCalls } from './algorithm-calls.js';
import type { Mark } from './mark.js';
import { TIME, USED, type Words, wordAt } from './state.js';

/*
 * A key's window starts at its first taken unit and lasts `windowMs`; at `start + windowMs` the key is
 * fresh. Any span of one window sees at most `2 · limit − 1` units: to see all of one window's, it must
 * contain that window's first instant, and then it ends before the next one starts.
 *
 * Its words: the window's first instant, and the units taken in it.
 *
 * Reads side by side with `core-native/src/algorithms/fixed_window.rs`.
 */

/** How many words a key's state has. */
export function wordsOf(_terms: Policy): number {
  return 2;
}

/** Whether the key is as good as never seen. Compares spans, since `startMs + windowMs` may pass 2^53. */
export function isFresh(words: Words, at: number, terms: Policy, nowMs: number): boolean {
  return wordAt(words, at + USED) === 0 || nowMs - wordAt(words, at + TIME) >= terms.windowMs;
}

/** Units left now. */
export function remaining(words: Words, at: number, terms: Policy, nowMs: number): number {
  return isFresh(words, at, terms, nowMs) ? terms.limit : Math.max(0, terms.limit - wordAt(words, at + USED));
}

/** Whether no more than so many units count. */
export function within(words: Words, at: number, terms: Policy, units: number, nowMs: number): boolean {
  return wordAt(words, at + USED) <= units || (units >= 0 && isFresh(words, at, terms, nowMs));
}

export function fits(words: Words, at: number, terms: Policy, cost: number, nowMs: number): boolean {
  return cost <= remaining(words, at, terms, nowMs);
}

/** Takes units, more than 0: those that fit, or what was used beyond an estimate. */
export function add(words: Words, at: number, terms: Policy, units: number, nowMs: number): void {
  if (isFresh(words, at, terms, nowMs)) {
    words[at + TIME] = nowMs;
    words[at + USED] = units;
  } else {
    words[at + USED] = Math.min(wordAt(words, at + USED) + units, Number.MAX_SAFE_INTEGER);
  }
}

/**
 * Whether units are of a window that goes on, and not more than `most` are used then: whoever asks takes them by adding
 * them to what is used, and saves asking twice whether the key is fresh. `reading`: the time, not rounded down.
 */
export function canAddWithin(
  words: Words,
  at: number,
  terms: Policy,
  units: number,
  most: number,
  reading: number,
): boolean {
  const used = wordAt(words, at + USED);
  return used !== 0 && used + units <= most && reading - wordAt(words, at + TIME) < terms.windowMs;
}

/** Whether all of the units would be counted, none of them beyond 2^53 − 1. */
export function hasRoomFor(words: Words, at: number, terms: Policy, units: number, nowMs: number): boolean {
  return isFresh(words, at, terms, nowMs) || wordAt(words, at + USED) + units <= Number.MAX_SAFE_INTEGER;
}

/** How the key stands for a cost, or after it was taken. */
export function row(words: Words, at: number, terms: Policy, cost: number, nowMs: number, allowed: boolean): PolicyRow {
  const { name, limit, windowMs } = terms;
  const sinceMs = nowMs - wordAt(words, at + TIME);
  const used = sinceMs >= windowMs ? 0 : wordAt(words, at + USED);
  const remaining = Math.max(0, limit - used);
  const resetAfterMs = used === 0 ? 0 : windowMs - sinceMs;
  const waitMs = cost > limit ? Number.POSITIVE_INFINITY : cost <= remaining ? 0 : resetAfterMs;
  return { name, limit, remaining, resetAfterMs, retryAfterMs: allowed ? 0 : waitMs };
}

export function mark(words: Words, at: number): Mark {
  return { startMs: wordAt(words, at + TIME), subWindow: 0, low: 0 };
}

/** Units count in their own window only. */
export function refund(words: Words, at: number, terms: Policy, taken: Mark, units: number, nowMs: number): number {
  if (wordAt(words, at + TIME) === taken.startMs && !isFresh(words, at, terms, nowMs))
    words[at + USED] = Math.max(0, wordAt(words, at + USED) - units);
  return 0;
}

/** The window goes on, with the new length and the new limit. */
export function change(
  from: Words,
  was: number,
  old: Policy,
  to: Words,
  at: number,
  _new: Policy,
  nowMs: number,
): void {
  if (isFresh(from, was, old, nowMs)) return;
  to[at + TIME] = wordAt(from, was + TIME);
  to[at + USED] = wordAt(from, was + USED);
}

export function changeMark(_from: Words, _was: number, _old: Policy, _new: Policy, taken: Mark): Mark {
  return taken;
}

/** Whether a state that was read from bytes can have come about: any can. */
export function isSound(): boolean {
  return true;
}

/** Until the key is as good as never seen; 0 once it is. */
export function resetAfterMs(words: Words, at: number, terms: Policy, nowMs: number): number {
  return isFresh(words, at, terms, nowMs) ? 0 : terms.windowMs - (nowMs - wordAt(words, at + TIME));
}

/** How long a cost has to wait: units come back all at once, at the window's end. */
export function retryAfterMs(words: Words, at: number, terms: Policy, cost: number, nowMs: number): number {
  if (cost > terms.limit) return Number.POSITIVE_INFINITY;
  return fits(words, at, terms, cost, nowMs) ? 0 : resetAfterMs(words, at, terms, nowMs);
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
};
