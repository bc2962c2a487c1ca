/** The numbers of a policy, exact. */
export interface ModelPolicy {
  readonly limit: bigint;
  readonly windowMs: bigint;
  readonly burst: bigint;
}

/** Units taken at one time, and by which number they can be given back; 0: they can't. */
export interface Taking {
  readonly number: number;
  readonly units: bigint;
}

/** What is used beyond an estimate counts up to here. */
export const MOST_UNITS = BigInt(Number.MAX_SAFE_INTEGER);

/** An algorithm, said once more in the plainest words. A key never seen, or fresh again, has no state. */
export interface Rule<S = unknown> {
  remaining(state: S | undefined, policy: ModelPolicy, nowMs: bigint): bigint;
  /**
   * The state after a taking of more than 0, which fits or goes beyond an estimate. Where not all of it is counted,
   * nothing can be given back of what was taken before.
   */
  take(state: S | undefined, policy: ModelPolicy, taking: Taking, nowMs: bigint): S;
  /** The state that there would be if a taking of that number had been of fewer units. */
  giveBack(state: S, policy: ModelPolicy, taking: Taking, nowMs: bigint): S | undefined;
  /** The state under other numbers, from `nowMs` on: what counts stays as many units. */
  change(state: S, from: ModelPolicy, to: ModelPolicy, nowMs: bigint): S | undefined;
  /** The instant from which the key is as good as never seen. */
  freshAtMs(state: S, policy: ModelPolicy): bigint;
  /** Token bucket: since when what is owed is repaid; `undefined` where nothing was owed then. */
  repaidFromMs?(state: S, policy: ModelPolicy): bigint | undefined;
  /** The first instant at which a cost that doesn't fit now does; it is at most the burst. */
  fitsAtMs(state: S, policy: ModelPolicy, cost: bigint): bigint;
}

/** Without so many units of the one of that number. */
export function without<T extends Taking>(taken: readonly T[], { number, units }: Taking): readonly T[] {
  const less = taken.map((each) => (each.number === number ? { ...each, units: each.units - units } : each));
  return less.filter((each) => each.units > 0n);
}

/** The same takings, of which nothing can be given back. */
export function spent<T extends Taking>(taken: readonly T[]): readonly T[] {
  return taken.map((each) => ({ ...each, number: 0 }));
}

export function atLeast0(units: bigint): bigint {
  return units > 0n ? units : 0n;
}

export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
