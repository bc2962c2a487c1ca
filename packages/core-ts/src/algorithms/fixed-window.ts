import type { Mark } from '../engine/reservations.js';
import type { State } from './state.js';
import type { Terms } from './terms.js';

/*
 * A key's window starts at its first taken unit and lasts `windowMs`; at `start + windowMs` the key is
 * fresh. Any span of one window sees at most `2 · limit − 1` units: to see all of one window's, it must
 * contain that window's first instant, and then it ends before the next one starts.
 *
 * `startMs`: the window's first instant. `used`: units taken in it.
 *
 * Reads side by side with `core-native/src/algorithms/fixed_window.rs`.
 */

/** Whether the key is as good as never seen. Compares spans, since `startMs + windowMs` may pass 2^53. */
export function isFresh(state: State, terms: Terms, nowMs: number): boolean {
  return state.used === 0 || nowMs - state.startMs >= terms.windowMs;
}

/** Units left now. */
export function remaining(state: State, terms: Terms, nowMs: number): number {
  return isFresh(state, terms, nowMs) ? terms.limit : Math.max(0, terms.limit - state.used);
}

/** Whether no more than so many units count. */
export function within(state: State, terms: Terms, units: number, nowMs: number): boolean {
  return (isFresh(state, terms, nowMs) ? 0 : state.used) <= units;
}

export function fits(state: State, terms: Terms, cost: number, nowMs: number): boolean {
  return cost <= remaining(state, terms, nowMs);
}

/** Takes units, more than 0: those that fit, or what was used beyond an estimate. */
export function add(state: State, terms: Terms, units: number, nowMs: number): void {
  if (isFresh(state, terms, nowMs)) {
    state.startMs = nowMs;
    state.used = units;
  } else {
    state.used = Math.min(state.used + units, Number.MAX_SAFE_INTEGER);
  }
}

/** Whether all of the units would be counted, none of them beyond 2^53 − 1. */
export function hasRoomFor(state: State, terms: Terms, units: number, nowMs: number): boolean {
  return isFresh(state, terms, nowMs) || state.used + units <= Number.MAX_SAFE_INTEGER;
}

/** Until the key is as good as never seen; 0 once it is. */
export function resetAfterMs(state: State, terms: Terms, nowMs: number): number {
  return isFresh(state, terms, nowMs) ? 0 : terms.windowMs - (nowMs - state.startMs);
}

/** How long a cost has to wait: units come back all at once, at the window's end. */
export function retryAfterMs(state: State, terms: Terms, cost: number, nowMs: number): number {
  if (cost > terms.limit) return Number.POSITIVE_INFINITY;
  return fits(state, terms, cost, nowMs) ? 0 : resetAfterMs(state, terms, nowMs);
}

export function mark({ startMs }: State): Mark {
  return { startMs, sub: 0, low: 0 };
}

/** Units count in their own window only. */
export function refund(state: State, terms: Terms, { startMs }: Mark, units: number, nowMs: number): number {
  if (state.startMs === startMs && !isFresh(state, terms, nowMs)) state.used = Math.max(0, state.used - units);
  return 0;
}

/** The window goes on, with the new length and the new limit. */
export function change(state: State, from: Terms, _to: Terms, nowMs: number): void {
  if (isFresh(state, from, nowMs)) state.used = 0;
}

export function changeMark(_state: State, _from: Terms, _to: Terms, taken: Mark): Mark {
  return taken;
}

/** Whether a state that was read from bytes can have come about. */
export function isSound({ parts }: State): boolean {
  return parts === undefined;
}
