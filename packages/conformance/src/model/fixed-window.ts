import { atLeast0, least, MOST_UNITS, type Rule, spent, type Taking, without } from './rule.js';

interface Window {
  readonly startMs: bigint;
  readonly taken: readonly Taking[];
}

/** A key's window starts at its first taken unit; all units come back at its end. */
export const fixedWindow: Rule<Window> = {
  remaining: (state, { limit }) => atLeast0(limit - usedIn(state)),
  take(state, _policy, { number, units }, nowMs) {
    const room = MOST_UNITS - usedIn(state);
    const taking = { number, units: least(units, room) };
    const before = state?.taken ?? [];
    return { startMs: state?.startMs ?? nowMs, taken: [...(units > room ? spent(before) : before), taking] };
  },
  giveBack(state, _policy, taking) {
    const taken = without(state.taken, taking);
    return taken.length === 0 ? undefined : { ...state, taken };
  },
  change: (state) => state,
  freshAtMs: (state, { windowMs }) => state.startMs + windowMs,
  fitsAtMs: (state, { windowMs }) => state.startMs + windowMs,
};

function usedIn(state: Window | undefined): bigint {
  return (state?.taken ?? []).reduce((sum, { units }) => sum + units, 0n);
}
