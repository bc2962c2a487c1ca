import type { ModelPolicy, Rule } from './rule.js';

/** What is owed at an instant: a unit is `windowMs` of it, and a millisecond repays `limit`. */
interface Debt {
  readonly atMs: bigint;
  readonly owed: bigint;
}

/** A bucket of `burst` units that refills evenly, `limit` units in a window. */
export const tokenBucket: Rule<Debt> = {
  remaining: (state, policy, nowMs) =>
    (policy.burst * policy.windowMs - owedAt(state, policy, nowMs)) / policy.windowMs,
  take: (state, policy, cost, nowMs) => ({
    atMs: nowMs,
    owed: owedAt(state, policy, nowMs) + cost * policy.windowMs,
  }),
  freshAtMs: ({ atMs, owed }, { limit }) => atMs + dividedUp(owed, limit),
  fitsAtMs: ({ atMs, owed }, { burst, windowMs, limit }, cost) =>
    atMs + dividedUp(owed + cost * windowMs - burst * windowMs, limit),
};

function owedAt(state: Debt | undefined, { limit }: ModelPolicy, nowMs: bigint): bigint {
  if (state === undefined) return 0n;
  const owed = state.owed - (nowMs - state.atMs) * limit;
  return owed > 0n ? owed : 0n;
}

function dividedUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
