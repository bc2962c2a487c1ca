/** What a model keeps of a key; a key never seen has none. All numbers are exact. */
export interface ModelState {
  readonly startMs: bigint;
  readonly used: bigint;
}

export interface ModelPolicy {
  readonly limit: bigint;
  readonly windowMs: bigint;
}

/** An algorithm, said once more in the plainest words. The state handed in is never an expired one. */
export interface Rule {
  remaining(state: ModelState | undefined, policy: ModelPolicy, nowMs: bigint): bigint;
  /** The state after a cost above 0 that fits. */
  take(state: ModelState | undefined, policy: ModelPolicy, cost: bigint, nowMs: bigint): ModelState;
  /** The instant from which the key is as good as never seen. */
  freshAtMs(state: ModelState, policy: ModelPolicy): bigint;
  /** The first instant at which a cost that doesn't fit now does; it is at most the limit. */
  fitsAtMs(state: ModelState, policy: ModelPolicy, cost: bigint): bigint;
}
