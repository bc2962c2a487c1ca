import type { ModelPolicy, Rule } from './rule.js';

interface Log {
  readonly startMs: bigint;
  /** All that was taken since the start, in order, each with the instant at which it counts no more. */
  readonly taken: readonly { readonly units: bigint; readonly untilMs: bigint }[];
}

/**
 * Every taking counts for one window from the last instant of its sub-window. Sub-windows are a tenth of the
 * window, 1 ms at the least, and follow from the first unit of a fresh key.
 */
export const slidingWindow: Rule<Log> = {
  remaining: (state, { limit }, nowMs) => limit - countedAt(state, nowMs),
  take(state, policy, units, nowMs) {
    const { startMs, taken } = state ?? { startMs: nowMs, taken: [] };
    return { startMs, taken: [...taken, { units, untilMs: untilMs(startMs, policy, nowMs) }] };
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

function countedAt(state: Log | undefined, nowMs: bigint): bigint {
  const counted = state?.taken.filter((each) => each.untilMs > nowMs) ?? [];
  return counted.reduce((sum, { units }) => sum + units, 0n);
}
