import { atLeast0, least, type ModelPolicy, type Rule, type Taking, without } from './rule.js';

/** All that was taken since the bucket was full, in order. */
interface Log {
  readonly taken: readonly (Taking & { readonly atMs: bigint })[];
}

/** The most that is owed, in buckets. */
const MOST_BUCKETS = 1024n;

/**
 * A bucket of `burst` units that refills evenly, `limit` units in a window. What is owed is worked out from
 * the log: `windowMs` for a unit, of which a millisecond repays `limit`.
 */
export const tokenBucket: Rule<Log> = {
  remaining: (state, policy, nowMs) =>
    atLeast0((policy.burst * policy.windowMs - owedAt(state, policy, nowMs)) / policy.windowMs),
  take(state, policy, { number, units }, nowMs) {
    const { burst, windowMs } = policy;
    const room = MOST_BUCKETS * burst * windowMs - owedAt(state, policy, nowMs);
    const ticks = units * windowMs;
    const taking = { number, units: least(ticks, room), atMs: nowMs };
    return { taken: [...(state?.taken ?? []), taking] };
  },
  giveBack({ taken }, { windowMs }, { number, units }) {
    const left = without(taken, { number, units: units * windowMs });
    return left.length === 0 ? undefined : { taken: left };
  },
  /** As many units are owed, rounded up to what window and limit can both be counted in; none can be given back. */
  change(state, from, to, nowMs) {
    const tick = greatestCommonDivisor(to.limit, to.windowMs);
    const owed = dividedUp(owedAt(state, from, nowMs) * to.windowMs, from.windowMs * tick) * tick;
    const most = MOST_BUCKETS * to.burst * to.windowMs;
    return owed === 0n ? undefined : { taken: [{ number: 0, units: least(owed, most), atMs: nowMs }] };
  },
  freshAtMs: (state, policy) => lastMs(state) + dividedUp(owedAt(state, policy, lastMs(state)), policy.limit),
  fitsAtMs(state, policy, cost) {
    const { burst, windowMs, limit } = policy;
    const owed = owedAt(state, policy, lastMs(state));
    return lastMs(state) + dividedUp(owed + cost * windowMs - burst * windowMs, limit);
  },
};

function owedAt(state: Log | undefined, { limit }: ModelPolicy, nowMs: bigint): bigint {
  let [owed, atMs] = [0n, 0n];
  for (const each of state?.taken ?? []) {
    owed = atLeast0(owed - (each.atMs - atMs) * limit) + each.units;
    atMs = each.atMs;
  }
  return atLeast0(owed - (nowMs - atMs) * limit);
}

function lastMs({ taken }: Log): bigint {
  return taken.at(-1)?.atMs ?? 0n;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

function dividedUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
