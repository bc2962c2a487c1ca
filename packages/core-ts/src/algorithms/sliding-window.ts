import type { PolicyRow } from '../contract.js';
import type { AlgorithmCalls } from './algorithm-calls.js';
import type { Mark } from './mark.js';
import { TIME, USED, type Words, wordAt } from './state.js';
import type { Terms } from './terms.js';

/*
 * Time since the key's first unit is cut into sub-windows of `subWindowMs`, at most a tenth of the window, and
 * each counts as a whole until its last instant is one window ago.
 *
 * Never more than `limit` in any span of one window: let `t` be the span's last instant at which units were
 * admitted. All units of the span were taken in the window that ends with `t`, each in a sub-window whose
 * last instant is less than one window before `t`; so all of them counted at `t`, and what counts is never
 * admitted beyond the limit. A unit is held against the key for less than `windowMs + subWindowMs`, where an exact
 * log would hold it for `windowMs`.
 *
 * Its words: when the first unit was taken, the units that count, the newest sub-window, the oldest that still counts,
 * and a ring with the units of each.
 *
 * Reads side by side with `core-native/src/algorithms/sliding_window.rs`.
 */

const NEWEST = 2;
const OLDEST = 3;
const RING = 4;

/** How many words a key's state has. */
export function wordsOf({ subWindows }: Terms): number {
  return RING + subWindows;
}

/** Whether the key is as good as never seen. */
export function isFresh(words: Words, at: number, terms: Terms, nowMs: number): boolean {
  drop(words, at, terms, nowMs);
  return wordAt(words, at + USED) === 0;
}

/** Units left now. */
export function remaining(words: Words, at: number, terms: Terms, nowMs: number): number {
  drop(words, at, terms, nowMs);
  return Math.max(0, terms.limit - wordAt(words, at + USED));
}

/** Whether no more than so many units count. */
export function within(words: Words, at: number, terms: Terms, units: number, nowMs: number): boolean {
  drop(words, at, terms, nowMs);
  return wordAt(words, at + USED) <= units;
}

export function fits(words: Words, at: number, terms: Terms, cost: number, nowMs: number): boolean {
  return cost <= remaining(words, at, terms, nowMs);
}

/** Takes units, more than 0: those that fit, or what was used beyond an estimate. What isn't counted changes nothing. */
export function add(words: Words, at: number, terms: Terms, units: number, nowMs: number): void {
  const { subWindowMs, subWindows } = terms;
  drop(words, at, terms, nowMs);
  const used = wordAt(words, at + USED);
  if (used === 0) {
    words.fill(0, at, at + RING + subWindows);
    words[at + TIME] = nowMs;
  }
  const subWindow = Math.floor((nowMs - wordAt(words, at + TIME)) / subWindowMs);
  const counted = Math.min(units, Number.MAX_SAFE_INTEGER - used);
  if (counted === 0) return;
  const place = at + RING + (subWindow % subWindows);
  words[place] = wordAt(words, place) + counted;
  words[at + NEWEST] = subWindow;
  words[at + USED] = used + counted;
}

/**
 * Takes units where the newest sub-window goes on, the oldest still counts, and more than `over` but not more than `most`
 * are used then. `reading`: the time, not rounded down. Answers whether it did: what it saves is a division, and a look
 * at the ring.
 */
export function addBetween(
  words: Words,
  at: number,
  terms: Terms,
  units: number,
  over: number,
  most: number,
  reading: number,
): boolean {
  const before = wordAt(words, at + USED);
  const used = before + units;
  if (before === 0 || !(used <= most) || used <= over) return false;
  const sinceStartMs = reading - wordAt(words, at + TIME);
  const newest = wordAt(words, at + NEWEST);
  if (sinceStartMs >= (newest + 1) * terms.subWindowMs) return false;
  if (sinceStartMs >= dropsAtMs(wordAt(words, at + OLDEST), terms)) return false;
  const place = at + RING + (newest % terms.subWindows);
  words[place] = wordAt(words, place) + units;
  words[at + USED] = used;
  return true;
}

/** Whether all of the units would be counted, none of them beyond 2^53 − 1. */
export function hasRoomFor(words: Words, at: number, terms: Terms, units: number, nowMs: number): boolean {
  drop(words, at, terms, nowMs);
  return wordAt(words, at + USED) + units <= Number.MAX_SAFE_INTEGER;
}

/** Until the key is as good as never seen: until its newest units count no more. */
export function resetAfterMs(words: Words, at: number, terms: Terms, nowMs: number): number {
  drop(words, at, terms, nowMs);
  if (wordAt(words, at + USED) === 0) return 0;
  return dropsAtMs(wordAt(words, at + NEWEST), terms) - (nowMs - wordAt(words, at + TIME));
}

/** How long a cost has to wait: until enough of the oldest units count no more. */
export function retryAfterMs(words: Words, at: number, terms: Terms, cost: number, nowMs: number): number {
  const { limit, subWindows } = terms;
  if (cost > limit) return Number.POSITIVE_INFINITY;
  if (fits(words, at, terms, cost, nowMs)) return 0;
  let subWindow = wordAt(words, at + OLDEST);
  let left = wordAt(words, at + USED) - wordAt(words, at + RING + (subWindow % subWindows));
  while (cost > limit - left) {
    subWindow++;
    left -= wordAt(words, at + RING + (subWindow % subWindows));
  }
  return dropsAtMs(subWindow, terms) - (nowMs - wordAt(words, at + TIME));
}

/** How the key stands for a cost, or after it was taken. */
export function row(words: Words, at: number, terms: Terms, cost: number, nowMs: number, allowed: boolean): PolicyRow {
  const { name, limit } = terms;
  const resetMs = resetAfterMs(words, at, terms, nowMs); // what counts no more is dropped by that
  const remainingNow = Math.max(0, limit - wordAt(words, at + USED));
  const waitMs = allowed ? 0 : retryAfterMs(words, at, terms, cost, nowMs);
  return { name, limit, remaining: remainingNow, resetAfterMs: resetMs, retryAfterMs: waitMs };
}

export function mark(words: Words, at: number): Mark {
  return { startMs: wordAt(words, at + TIME), subWindow: wordAt(words, at + NEWEST), low: 0 };
}

/** Units count as long as their sub-window does. */
function counts(words: Words, at: number, terms: Terms, { startMs, subWindow }: Mark, nowMs: number): boolean {
  drop(words, at, terms, nowMs);
  const isSame = wordAt(words, at + USED) > 0 && wordAt(words, at + TIME) === startMs;
  return isSame && subWindow >= wordAt(words, at + OLDEST);
}

/** The newest sub-window is then the last one that has units. */
export function refund(words: Words, at: number, terms: Terms, taken: Mark, units: number, nowMs: number): number {
  if (!counts(words, at, terms, taken, nowMs)) return 0;
  const { subWindows } = terms;
  const place = at + RING + (taken.subWindow % subWindows);
  const given = Math.min(units, wordAt(words, place));
  words[place] = wordAt(words, place) - given;
  const used = wordAt(words, at + USED) - given;
  words[at + USED] = used;
  let newest = wordAt(words, at + NEWEST);
  while (used > 0 && wordAt(words, at + RING + (newest % subWindows)) === 0) newest--;
  words[at + NEWEST] = newest;
  return 0;
}

/** What counts goes into the new sub-windows, each by the last instant at which it can have been taken. */
export function change(from: Words, was: number, old: Terms, to: Words, at: number, now: Terms, nowMs: number): void {
  drop(from, was, old, nowMs);
  if (wordAt(from, was + USED) === 0) return;
  const startMs = wordAt(from, was + TIME);
  to[at + TIME] = startMs;
  const sinceStartMs = nowMs - startMs;
  let used = 0;
  for (let sub = wordAt(from, was + OLDEST); sub <= wordAt(from, was + NEWEST); sub++) {
    const units = wordAt(from, was + RING + (sub % old.subWindows));
    const into = subWindowAfter(sub, old, now, sinceStartMs);
    if (units === 0 || dropsAtMs(into, now) <= sinceStartMs) continue;
    if (used === 0) to[at + OLDEST] = into;
    const place = at + RING + (into % now.subWindows);
    to[place] = wordAt(to, place) + units;
    to[at + NEWEST] = into;
    used += units;
  }
  to[at + USED] = used;
}

/** Called before the state is changed. */
export function changeMark(from: Words, was: number, old: Terms, now: Terms, taken: Mark, nowMs: number): Mark {
  if (!counts(from, was, old, taken, nowMs)) return { ...taken, subWindow: -1 };
  return { ...taken, subWindow: subWindowAfter(taken.subWindow, old, now, nowMs - wordAt(from, was + TIME)) };
}

function subWindowAfter(subWindow: number, from: Terms, to: Terms, sinceStartMs: number): number {
  return Math.floor(Math.min((subWindow + 1) * from.subWindowMs - 1, sinceStartMs) / to.subWindowMs);
}

/** Forgets the sub-windows whose last instant is one window ago or more. */
function drop(words: Words, at: number, terms: Terms, nowMs: number): void {
  let used = wordAt(words, at + USED);
  if (used === 0) return;
  const sinceStartMs = nowMs - wordAt(words, at + TIME);
  let subWindow = wordAt(words, at + OLDEST);
  if (sinceStartMs < dropsAtMs(subWindow, terms)) return;
  const newest = wordAt(words, at + NEWEST);
  while (subWindow <= newest && sinceStartMs >= dropsAtMs(subWindow, terms)) {
    const place = at + RING + (subWindow % terms.subWindows);
    used -= wordAt(words, place);
    words[place] = 0;
    subWindow++;
  }
  words[at + USED] = used;
  words[at + OLDEST] = subWindow;
}

/** When a sub-window counts no more, in time since the start. */
function dropsAtMs(subWindow: number, { subWindowMs, windowMs }: Terms): number {
  return (subWindow + 1) * subWindowMs - 1 + windowMs;
}

/** Whether a state that was read from bytes, with something used, can have come about. */
export function isSound(words: Words, at: number, { subWindows, subWindowMs }: Terms, nowMs: number): boolean {
  const [newest, oldest] = [wordAt(words, at + NEWEST), wordAt(words, at + OLDEST)];
  if (newest < oldest || newest - oldest >= subWindows) return false;
  if (newest > (nowMs - wordAt(words, at + TIME)) / subWindowMs) return false;
  let [counted, sum] = [0, 0];
  for (let sub = oldest; sub <= newest; sub++) counted += wordAt(words, at + RING + (sub % subWindows));
  for (let i = 0; i < subWindows; i++) sum += wordAt(words, at + RING + i);
  return counted === wordAt(words, at + USED) && sum === counted;
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
