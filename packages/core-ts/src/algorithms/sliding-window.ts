import type { Mark } from '../engine/reservations.js';
import type { State } from './state.js';
import type { Terms } from './terms.js';

/*
 * Time since the key's first unit is cut into sub-windows of `subMs`, at most a tenth of the window, and
 * each counts as a whole until its last instant is one window ago.
 *
 * Never more than `limit` in any span of one window: let `t` be the span's last instant at which units were
 * admitted. All units of the span were taken in the window that ends with `t`, each in a sub-window whose
 * last instant is less than one window before `t`; so all of them counted at `t`, and what counts is never
 * admitted beyond the limit. A unit is held against the key for less than `windowMs + subMs`, where an exact
 * log would hold it for `windowMs`.
 *
 * `startMs`: when the first unit was taken. `used`: units that count. `parts`: their numbers by sub-window in
 * a ring, and behind it the newest sub-window and the oldest that still counts.
 *
 * Reads side by side with `core-native/src/algorithms/sliding_window.rs`.
 */

/** Whether the key is as good as never seen. */
export function isFresh(state: State, terms: Terms, nowMs: number): boolean {
  drop(state, terms, nowMs);
  return state.used === 0;
}

/** Units left now. */
export function remaining(state: State, terms: Terms, nowMs: number): number {
  drop(state, terms, nowMs);
  return Math.max(0, terms.limit - state.used);
}

/** Whether no more than so many units count. */
export function within(state: State, terms: Terms, units: number, nowMs: number): boolean {
  drop(state, terms, nowMs);
  return state.used <= units;
}

export function fits(state: State, terms: Terms, cost: number, nowMs: number): boolean {
  return cost <= remaining(state, terms, nowMs);
}

/** Takes units, more than 0: those that fit, or what was used beyond an estimate. What isn't counted changes nothing. */
export function add(state: State, terms: Terms, units: number, nowMs: number): void {
  const { subMs, subs } = terms;
  drop(state, terms, nowMs);
  if (state.used === 0) {
    state.startMs = nowMs;
    state.parts = start(subs, state.parts);
  }
  const parts = state.parts as number[];
  const sub = Math.floor((nowMs - state.startMs) / subMs);
  const counted = Math.min(units, Number.MAX_SAFE_INTEGER - state.used);
  if (counted === 0) return;
  parts[sub % subs] = at(parts, sub % subs) + counted;
  parts[subs] = sub;
  state.used += counted;
}

/**
 * Takes units that fit, where the newest sub-window goes on and the oldest still counts. `used` is the caller's to
 * count. Answers whether it did.
 */
export function addInSubWindow(parts: number[], terms: Terms, units: number, sinceStartMs: number): boolean {
  const { subMs, subs } = terms;
  const sub = at(parts, subs);
  if (sinceStartMs >= (sub + 1) * subMs || sinceStartMs >= dropsAtMs(at(parts, subs + 1), terms)) return false;
  parts[sub % subs] = at(parts, sub % subs) + units;
  return true;
}

/** Whether all of the units would be counted, none of them beyond 2^53 − 1. */
export function hasRoomFor(state: State, terms: Terms, units: number, nowMs: number): boolean {
  drop(state, terms, nowMs);
  return state.used + units <= Number.MAX_SAFE_INTEGER;
}

/** Until the key is as good as never seen: until its newest units count no more. */
export function resetAfterMs(state: State, terms: Terms, nowMs: number): number {
  drop(state, terms, nowMs);
  if (state.used === 0) return 0;
  const newest = at(state.parts as number[], terms.subs);
  return dropsAtMs(newest, terms) - (nowMs - state.startMs);
}

/** How long a cost has to wait: until enough of the oldest units count no more. */
export function retryAfterMs(state: State, terms: Terms, cost: number, nowMs: number): number {
  const { limit, subs } = terms;
  if (cost > limit) return Number.POSITIVE_INFINITY;
  if (fits(state, terms, cost, nowMs)) return 0;
  const parts = state.parts as number[];
  let sub = at(parts, subs + 1);
  let left = state.used - at(parts, sub % subs);
  while (cost > limit - left) {
    sub++;
    left -= at(parts, sub % subs);
  }
  return dropsAtMs(sub, terms) - (nowMs - state.startMs);
}

export function mark({ startMs, parts }: State, { subs }: Terms): Mark {
  return { startMs, sub: parts === undefined ? 0 : at(parts, subs), low: 0 };
}

/** Units count as long as their sub-window does. */
function counts(state: State, terms: Terms, { startMs, sub }: Mark, nowMs: number): boolean {
  drop(state, terms, nowMs);
  return state.used > 0 && state.startMs === startMs && sub >= at(state.parts as number[], terms.subs + 1);
}

/** The newest sub-window is then the last one that has units. */
export function refund(state: State, terms: Terms, taken: Mark, units: number, nowMs: number): number {
  if (!counts(state, terms, taken, nowMs)) return 0;
  const { subs } = terms;
  const parts = state.parts as number[];
  const given = Math.min(units, at(parts, taken.sub % subs));
  parts[taken.sub % subs] = at(parts, taken.sub % subs) - given;
  state.used -= given;
  let newest = at(parts, subs);
  while (state.used > 0 && at(parts, newest % subs) === 0) newest--;
  parts[subs] = newest;
  return 0;
}

/** What counts goes into the new sub-windows, each by the last instant at which it can have been taken. */
export function change(state: State, from: Terms, to: Terms, nowMs: number): void {
  drop(state, from, nowMs);
  const old = state.parts;
  if (old === undefined) return;
  const sinceStartMs = nowMs - state.startMs;
  const parts = start(to.subs, undefined);
  state.parts = parts;
  if (state.used === 0) return;
  state.used = 0;
  for (let sub = at(old, from.subs + 1); sub <= at(old, from.subs); sub++) {
    const units = at(old, sub % from.subs);
    const into = subAfter(sub, from, to, sinceStartMs);
    if (units === 0 || dropsAtMs(into, to) <= sinceStartMs) continue;
    if (state.used === 0) parts[to.subs + 1] = into;
    parts[into % to.subs] = at(parts, into % to.subs) + units;
    parts[to.subs] = into;
    state.used += units;
  }
}

/** Called before the state is changed. */
export function changeMark(state: State, from: Terms, to: Terms, taken: Mark, nowMs: number): Mark {
  if (!counts(state, from, taken, nowMs)) return { ...taken, sub: -1 };
  return { ...taken, sub: subAfter(taken.sub, from, to, nowMs - state.startMs) };
}

function subAfter(sub: number, from: Terms, to: Terms, sinceStartMs: number): number {
  return Math.floor(Math.min((sub + 1) * from.subMs - 1, sinceStartMs) / to.subMs);
}

/** Forgets the sub-windows whose last instant is one window ago or more. */
function drop(state: State, terms: Terms, nowMs: number): void {
  if (state.used === 0) return;
  const parts = state.parts as number[];
  const { subs } = terms;
  const sinceStartMs = nowMs - state.startMs;
  let sub = at(parts, subs + 1);
  const newest = at(parts, subs);
  while (sub <= newest && sinceStartMs >= dropsAtMs(sub, terms)) {
    state.used -= at(parts, sub % subs);
    parts[sub % subs] = 0;
    sub++;
  }
  parts[subs + 1] = sub;
}

/** When a sub-window counts no more, in time since the start. */
function dropsAtMs(sub: number, { subMs, windowMs }: Terms): number {
  return (sub + 1) * subMs - 1 + windowMs;
}

function start(subs: number, again: number[] | undefined): number[] {
  return again?.fill(0) ?? new Array<number>(subs + 2).fill(0);
}

function at(parts: number[], index: number): number {
  return parts[index] as number;
}

/** Whether a state that was read from bytes can have come about. */
export function isSound({ startMs, used, parts }: State, { subs, subMs }: Terms, nowMs: number): boolean {
  if (parts?.length !== subs + 2) return false;
  const [newest, oldest] = [at(parts, subs), at(parts, subs + 1)];
  if (newest < oldest || newest - oldest >= subs || newest > (nowMs - startMs) / subMs) return false;
  let [counted, sum] = [0, 0];
  for (let sub = oldest; sub <= newest; sub++) counted += at(parts, sub % subs);
  for (let i = 0; i < subs; i++) sum += at(parts, i);
  return counted === used && sum === used;
}
