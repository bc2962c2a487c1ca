import { atLeast0, least, MOST_UNITS, type ModelPolicy, type Rule, spent, type Taking } from './rule.js';

/** By the numbers of its call, which the time before it was repaid by. */
interface Noted extends Taking {
  readonly atMs: bigint;
  readonly by: ModelPolicy;
}

/** All that was taken since the bucket was full, in order. */
interface BucketLog {
  readonly taken: readonly Noted[];
}

/** The most that is owed, in buckets. */
const MOST_BUCKETS = 1024n;

/**
 * A bucket of `burst` units that refills evenly, `limit` units in a window. What is owed is worked out from
 * the log: `windowMs` for a unit, of which a millisecond repays `limit`. At a limit of 0 nothing is repaid, and all is
 * forgotten one window after the last that was noted.
 */
export const tokenBucket: Rule<BucketLog> = {
  remaining: (state, policy, nowMs) =>
    atLeast0((policy.burst * policy.windowMs - owedAt(state, policy, nowMs)) / policy.windowMs),
  take(state, policy, { number, units }, nowMs) {
    const room = atLeast0(mostOwed(policy) - owedAt(state, policy, nowMs));
    const ticks = units * policy.windowMs;
    const taking = { number, units: least(ticks, room), atMs: nowMs, by: policy };
    const before = state?.taken ?? [];
    return { taken: [...(ticks > room ? spent(before) : before), taking] };
  },
  /**
   * Where nothing is owed by these numbers, nothing comes back. Time that a taking had repaid stays repaid as it was. The
   * debt is noted anew where it is another then, and so the time until now is repaid by these numbers.
   */
  giveBack(state, policy, { number, units }, nowMs) {
    if (owedAt(state, policy, nowMs) === 0n) return state;
    const less = (each: Noted) => ({ ...each, units: each.units - units * policy.windowMs });
    const left = state.taken.map((each) => (each.number === number ? less(each) : each));
    if (left.every((each) => each.units === 0n)) return undefined;
    const isLess = owedAt({ taken: left }, policy, nowMs) < owedAt(state, policy, nowMs);
    return { taken: isLess ? [...left, { number: 0, units: 0n, atMs: nowMs, by: policy }] : left };
  },
  /** As many units are owed, rounded up; none can be given back. */
  change(state, from, to, nowMs) {
    const owed = dividedUp(owedAt(state, from, nowMs) * to.windowMs, from.windowMs);
    const atMs = from.limit === 0n && to.limit === 0n ? lastMs(state) : nowMs;
    return owed === 0n ? undefined : { taken: [{ number: 0, units: least(owed, mostOwed(to)), atMs, by: to }] };
  },
  freshAtMs(state, policy) {
    const owed = owedAt(state, policy, lastMs(state));
    if (policy.limit === 0n) return lastMs(state) + (owed === 0n ? 0n : policy.windowMs);
    return lastMs(state) + dividedUp(owed, policy.limit);
  },
  repaidFromMs: (state, policy) => (owedAt(state, policy, lastMs(state)) === 0n ? undefined : lastMs(state)),
  fitsAtMs(state, policy, cost) {
    const { burst, windowMs, limit } = policy;
    const owed = owedAt(state, policy, lastMs(state));
    return lastMs(state) + dividedUp(owed + cost * windowMs - burst * windowMs, limit);
  },
};

function owedAt(state: BucketLog | undefined, policy: ModelPolicy, nowMs: bigint): bigint {
  let [owed, atMs] = [0n, 0n];
  for (const each of state?.taken ?? []) {
    owed = leftAfter(owed, each.atMs - atMs, each.by) + each.units;
    atMs = each.atMs;
  }
  return leftAfter(owed, nowMs - atMs, policy);
}

function leftAfter(owed: bigint, ms: bigint, { limit, windowMs }: ModelPolicy): bigint {
  if (limit === 0n) return ms < windowMs ? owed : 0n;
  return atLeast0(owed - ms * limit);
}

/** No number that counts passes 2^53 − 1. */
function mostOwed({ limit, burst, windowMs }: ModelPolicy): bigint {
  return limit === 0n ? MOST_UNITS : least(MOST_BUCKETS * burst * windowMs, MOST_UNITS);
}

function lastMs({ taken }: BucketLog): bigint {
  return taken.at(-1)?.atMs ?? 0n;
}

function dividedUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
