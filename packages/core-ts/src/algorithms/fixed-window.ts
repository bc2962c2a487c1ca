import type { Policy } from '../contract.js';

/**
 * A key's window starts at its first taken unit and lasts `windowMs`; at `start + windowMs` the key is
 * fresh. Any span of one window sees at most `2 · limit − 1` units: to see all of one window's, it must
 * contain that window's first instant, and then it ends before the next one starts.
 *
 * `nowMs` may have a fraction, which only a decision has to be rid of: the ends of windows are whole, and
 * a fraction never reaches one early.
 *
 * Reads side by side with `core-native/src/algorithms/fixed_window.rs`.
 */
export interface State {
  /** Whole milliseconds. */
  startMs: number;
  /** Units taken in the window that began at `startMs`: from 1 to the limit. */
  used: number;
}

/** The state of a key whose first units are taken now. */
export function start(cost: number, nowMs: number): State {
  return { startMs: Math.floor(nowMs), used: cost };
}

/** Whether the key is as good as never seen. Compares spans, since `startMs + windowMs` may pass 2^53. */
export function isExpired(state: State, policy: Policy, nowMs: number): boolean {
  return nowMs - state.startMs >= policy.windowMs;
}

/** Takes the cost if it fits, in place; `false` leaves the state as it was. */
export function take(state: State, policy: Policy, cost: number, nowMs: number): boolean {
  if (isExpired(state, policy, nowMs)) return restart(state, policy, cost, nowMs);
  if (cost > policy.limit - state.used) return false;
  state.used += cost;
  return true;
}

/** A cost of 0 takes nothing, so it starts no window. */
function restart(state: State, policy: Policy, cost: number, nowMs: number): boolean {
  if (cost > policy.limit) return false;
  if (cost > 0) {
    state.startMs = Math.floor(nowMs);
    state.used = cost;
  }
  return true;
}

/** Units left now. */
export function remaining(state: State, policy: Policy, nowMs: number): number {
  return isExpired(state, policy, nowMs) ? policy.limit : policy.limit - state.used;
}

/** Until the key is as good as never seen; 0 once it is. */
export function resetAfterMs(state: State, policy: Policy, nowMs: number): number {
  return isExpired(state, policy, nowMs) ? 0 : policy.windowMs - (nowMs - state.startMs);
}

/** How long a denied cost has to wait: units come back all at once, at the window's end. */
export function retryAfterMs(state: State, policy: Policy, cost: number, nowMs: number): number {
  return cost > policy.limit ? Number.POSITIVE_INFINITY : resetAfterMs(state, policy, nowMs);
}
