import type { Rule } from './rule.js';

interface Window {
  readonly startMs: bigint;
  readonly used: bigint;
}

/** A key's window starts at its first taken unit; all units come back at its end. */
export const fixedWindow: Rule<Window> = {
  remaining: (state, { limit }) => limit - (state?.used ?? 0n),
  take: (state, _policy, cost, nowMs) => ({ startMs: state?.startMs ?? nowMs, used: (state?.used ?? 0n) + cost }),
  freshAtMs: (state, { windowMs }) => state.startMs + windowMs,
  fitsAtMs: (state, { windowMs }) => state.startMs + windowMs,
};
