import { atLeast0, least, MOST_UNITS, type ModelPolicy, type Rule, spent, type Taking, without } from './rule.js';

interface WindowLog {
  readonly startMs: bigint;
  /** All that was taken since the start, in order, each with the instant at which it counts no more. */
  readonly taken: readonly (Taking & { readonly untilMs: bigint })[];
}

/**
 * Every taking counts for one window from the last instant of its sub-window. Sub-windows are a tenth of the
 * window, 1 ms at the least, and follow from the first unit of a fresh key.
 */
export const slidingWindow: Rule<WindowLog> = {
  remaining: (state, { limit }, nowMs) => atLeast0(limit - countedAt(state, nowMs)),
  take(state, policy, { number, units }, nowMs) {
    const { startMs, taken } = state ?? { startMs: nowMs, taken: [] };
    const room = MOST_UNITS - countedAt(state, nowMs);
    const before = units > room ? spent(taken) : taken;
    if (room === 0n) return { startMs, taken: before };
    const taking = { number, units: least(units, room), untilMs: untilMs(startMs, policy, nowMs) };
    return { startMs, taken: [...before, taking] };
  },
  giveBack(state, _policy, taking) {
    const taken = without(state.taken, taking);
    return taken.length === 0 ? undefined : { ...state, taken };
  },
  /** Each taking goes on from the last instant at which it can have been made, or from now. */
  change({ startMs, taken }, from, to, nowMs) {
    const counted = taken.filter((each) => each.untilMs > nowMs);
    const moved = counted.map((each) => {
      return { ...each, untilMs: untilMs(startMs, to, least(each.untilMs - from.windowMs, nowMs)) };
    });
    const left = moved.filter((each) => each.untilMs > nowMs);
    return left.length === 0 ? undefined : { startMs, taken: left };
  },
  freshAtMs: ({ taken }) => taken.at(-1)?.untilMs ?? 0n,
  fitsAtMs(state, { limit }, cost) {
    const instants = state.taken.map((each) => each.untilMs);
    return instants.find((instant) => countedAt(state, instant) + cost <= limit) ?? 0n;
  },
};

function untilMs(startMs: bigint, { windowMs }: ModelPolicy, nowMs: bigint): bigint {
  const subMs = windowMs < 10n ? 1n : windowMs / 10n;
  const sub = (nowMs - startMs) / subMs;
  return startMs + (sub + 1n) * subMs - 1n + windowMs;
}

function countedAt(state: WindowLog | undefined, nowMs: bigint): bigint {
  const counted = state?.taken.filter((each) => each.untilMs > nowMs) ?? [];
  return counted.reduce((sum, { units }) => sum + units, 0n);
}
