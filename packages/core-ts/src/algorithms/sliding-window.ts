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
  return terms.limit - state.used;
}

export function fits(state: State, terms: Terms, cost: number, nowMs: number): boolean {
  drop(state, terms, nowMs);
  return cost <= terms.limit - state.used;
}

/** Takes units, more than 0, that fit. */
export function add(state: State, terms: Terms, units: number, nowMs: number): void {
  const { subMs, subs } = terms;
  drop(state, terms, nowMs);
  if (state.used === 0) {
    state.startMs = nowMs;
    state.parts = start(subs, state.parts);
  }
  const parts = state.parts as number[];
  const sub = Math.floor((nowMs - state.startMs) / subMs);
  parts[sub % subs] = at(parts, sub % subs) + units;
  parts[subs] = sub;
  state.used += units;
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
  drop(state, terms, nowMs);
  if (cost <= limit - state.used) return 0;
  const parts = state.parts as number[];
  let sub = at(parts, subs + 1);
  let left = state.used - at(parts, sub % subs);
  while (cost > limit - left) {
    sub++;
    left -= at(parts, sub % subs);
  }
  return dropsAtMs(sub, terms) - (nowMs - state.startMs);
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
