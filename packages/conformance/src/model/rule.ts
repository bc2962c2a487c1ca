/** The numbers of a policy, exact. */
export interface ModelPolicy {
  readonly limit: bigint;
  readonly windowMs: bigint;
  readonly burst: bigint;
}

/** An algorithm, said once more in the plainest words. A key never seen, or fresh again, has no state. */
export interface Rule<S = unknown> {
  remaining(state: S | undefined, policy: ModelPolicy, nowMs: bigint): bigint;
  /** The state after a cost above 0 that fits. */
  take(state: S | undefined, policy: ModelPolicy, cost: bigint, nowMs: bigint): S;
  /** The instant from which the key is as good as never seen. */
  freshAtMs(state: S, policy: ModelPolicy): bigint;
  /** The first instant at which a cost that doesn't fit now does; it is at most the burst. */
  fitsAtMs(state: S, policy: ModelPolicy, cost: bigint): bigint;
}
