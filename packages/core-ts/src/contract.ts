/** Where `now` comes from: milliseconds on any timeline, e.g. `performance`, `Date` or a {@link ManualClock}. */
export interface Clock {
  /** Milliseconds; a fraction is rounded down. A reading below the one before counts as no time at all. */
  now(): number;
}

export type Algorithm = 'fixed-window';

/** An algorithm with its numbers, checked: what an engine decides by. */
export interface Policy {
  readonly algorithm: Algorithm;
  /** Units per window: a whole number from 0 (blocks every unit) to 2^53 − 1. */
  readonly limit: number;
  /** A whole number of milliseconds, from 1 to ten years. */
  readonly windowMs: number;
}

/**
 * The answer to one call: a plain object of own fields.
 *
 * In JSON an infinite `retryAfterMs` or `retryAfterSeconds` becomes `null`: there is no such time.
 */
export interface Decision {
  /** Whether the cost was taken. */
  readonly allowed: boolean;
  /** The policy's limit, in units. */
  readonly limit: number;
  /** Units left after this call, from 0 to `limit`. */
  readonly remaining: number;
  /** Milliseconds until the key is as good as never seen; 0 for a key never seen. */
  readonly resetAfterMs: number;
  /**
   * 0 when allowed. Otherwise exact: the same call made that much later, with nothing between, is
   * allowed, and made 1 ms earlier is denied. `Infinity` when the cost exceeds the limit.
   */
  readonly retryAfterMs: number;
  /** `resetAfterMs` in whole seconds, rounded up. */
  readonly resetAfterSeconds: number;
  /** `retryAfterMs` in whole seconds, rounded up, as RFC 9110 §10.2.3 wants it. */
  readonly retryAfterSeconds: number;
}

export interface Stats {
  /** Calls of `allow` and `check` that were allowed. */
  readonly allowed: number;
  /** Calls of `allow` and `check` that were denied. */
  readonly blocked: number;
  /** `allowed + blocked`. */
  readonly totalChecks: number;
  /** Entries held; expired ones may be among them until they are reclaimed. */
  readonly activeKeys: number;
}

/** What an engine is made from. All numbers in it are checked already. */
export interface EngineSpec {
  /** What one entry holds the states of; today always one. */
  readonly policies: readonly [Policy];
  /** Never steps back and answers safe integers. `undefined`: the engine's own monotonic clock. */
  readonly clock: Clock | undefined;
  /** The name under which worker threads of this process share one set of counters. */
  readonly shared: string | undefined;
}

/**
 * Keeps everything for one limiter: states, statistics, time.
 *
 * Keys are strings of any content and costs are whole numbers from 0 up; the limiter has checked both.
 */
export interface Engine {
  /** What `limiter.backend` says: `'ts'`, `'native'`, or a name of your own. */
  readonly backend: string;
  /** Takes; the hot path: O(1), allocates nothing for a key that is held. */
  allow(key: string, cost: number): boolean;
  /** Takes, and says what is left. O(1). */
  check(key: string, cost: number): Decision;
  /** The decision that `check` would give now; takes nothing, creates nothing, counts nowhere. */
  peek(key: string, cost: number): Decision;
  /** Forgets the key; `true` if it had live state. */
  reset(key: string): boolean;
  /** Forgets all keys; statistics stay. */
  clear(): void;
  /** Drops every expired entry and answers how many; O(entries). */
  cleanupExpired(): number;
  stats(): Stats;
}

/**
 * Makes an engine for one limiter.
 *
 * @throws BackendUnavailableError where the engine can't run, or can't do what the spec asks for.
 */
export type EngineFactory = (spec: EngineSpec) => Engine;
