/** Where `now` comes from: milliseconds on any timeline, e.g. `performance`, `Date` or a {@link ManualClock}. */
export interface Clock {
  /** Milliseconds; a fraction is rounded down. A reading below the one before counts as no time at all. */
  now(): number;
  /**
   * Calls back once, when so many milliseconds have passed, for 0 after the call that asks for it; the answer takes
   * that back. What `wait` uses; without it, it uses `setTimeout`.
   */
  after?(ms: number, wake: () => void): () => void;
}

export type Algorithm = 'fixed-window' | 'sliding-window' | 'token-bucket';

/** An algorithm with its numbers, checked: what an engine decides by. */
export interface Policy {
  /** Unique within a limiter; `'default'` where none was given. */
  readonly name: string;
  readonly algorithm: Algorithm;
  /** Units per window: a whole number from 0 (blocks every unit) to 2^53 − 1. */
  readonly limit: number;
  /** A whole number of milliseconds, from 1 to ten years. */
  readonly windowMs: number;
  /** The most units that can be taken at once: a token bucket's capacity, and for the windows the limit. */
  readonly burst: number;
  /** How long a denial blocks its key; 0: it does not. */
  readonly blockForMs: number;
}

/** How one policy stands, in a decision. */
export interface PolicyRow {
  readonly name: string;
  readonly limit: number;
  /** Units left under this policy. */
  readonly remaining: number;
  readonly resetAfterMs: number;
  /** 0 where this policy does not deny the cost. */
  readonly retryAfterMs: number;
}

/**
 * The answer to one call: a plain object of own fields. `policy` is the name of the one that binds: when
 * denied, the one with the longest `retryAfterMs`; when allowed, the one with the fewest units left. The
 * numbers are that policy's.
 *
 * In JSON an infinite `retryAfterMs` or `retryAfterSeconds` becomes `null`: there is no such time.
 */
export interface Decision {
  /** Whether the cost was taken. */
  readonly allowed: boolean;
  /** The policy's limit, in units. */
  readonly limit: number;
  /** Units left after this call, never negative. */
  readonly remaining: number;
  /** Milliseconds until the key is as good as never seen; 0 for a key never seen. */
  readonly resetAfterMs: number;
  /**
   * 0 when allowed. Otherwise exact: the same call made that much later, with nothing between, is
   * allowed, and made 1 ms earlier is denied. `Infinity` when the cost can never fit. Where the limiter is
   * full, it is the least time after which room can come.
   */
  readonly retryAfterMs: number;
  /** `resetAfterMs` in whole seconds, rounded up. */
  readonly resetAfterSeconds: number;
  /** `retryAfterMs` in whole seconds, rounded up, as RFC 9110 §10.2.3 wants it. */
  readonly retryAfterSeconds: number;
  /** The name of the policy that binds. */
  readonly policy: string;
  /** One row per policy, in the order given. */
  readonly policies: readonly PolicyRow[];
}

export interface Stats {
  /** Calls that were allowed. */
  readonly allowed: number;
  /** Calls that were denied. */
  readonly blocked: number;
  /** `allowed + blocked`. */
  readonly totalChecks: number;
  /** Entries held; expired ones may be among them until they are reclaimed. */
  readonly activeKeys: number;
  /** Live entries that were forgotten to make room for new keys. */
  readonly evictions: number;
  /** Calls of new keys that found the limiter full, with nothing that could go. */
  readonly rejectedFull: number;
  /** Denials by the policy that bound, in the order of the policies. */
  readonly policies: readonly { readonly name: string; readonly denied: number }[];
}

/** Units that a call takes: the same of each policy, or of each its own in their order, where there are several. */
export type Units = number | readonly number[];

/** What happens to a new key where the limiter is full and nothing can go. */
export type OnFull = 'deny' | 'admit';

/** What an engine is made from. All numbers in it are checked already. */
export interface EngineSpec {
  /** What one entry holds the states of: 1 to 64. */
  readonly policies: readonly Policy[];
  /** Never steps back and answers safe integers. `undefined`: the engine's own monotonic clock. */
  readonly clock: Clock | undefined;
  /** The name under which worker threads of this process share one set of counters. */
  readonly shared: string | undefined;
  /** The most entries that are held. */
  readonly maxKeys: number;
  readonly onFull: OnFull;
}

/** What a reservation is answered. */
export interface Reserved {
  readonly decision: Decision;
  /** Names it when it is settled; 0 where nothing was taken. */
  readonly number: number;
}

/** What an engine holds at one moment. */
export interface EngineSnapshot {
  /** The policies that decided then, by which the bytes are to be read. */
  readonly policies: readonly Policy[];
  /** In a form of the engine's own. */
  readonly bytes: Uint8Array;
}

/**
 * Keeps everything for one limiter: states, statistics, time.
 *
 * Keys are strings of any content and costs are whole numbers from 0 up; the limiter has checked both. A call reads
 * the clock once, before it changes anything, or not at all: so one that throws there has changed nothing.
 */
export interface Engine {
  /** What `limiter.backend` says: `'ts'`, `'native'`, or a name of your own. */
  readonly backend: string;
  /** The policies that decide now. */
  readonly policies: readonly Policy[];
  /**
   * Takes; the hot path: O(policies), allocates nothing for a key that is held.
   *
   * `by`: policies for this call alone, which differ from the engine's in `limit` and `burst` only. A key has one count,
   * whatever limits its calls come with. It is the same array for the same limits, as long as one can be remembered.
   */
  allow(key: string, cost: Units, by?: readonly Policy[]): boolean;
  /** Takes from each key in turn, and answers 1 where it was allowed. */
  allowMany(keys: readonly string[], cost: number): Uint8Array;
  /** Takes, and says what is left. O(policies). */
  check(key: string, cost: Units, by?: readonly Policy[]): Decision;
  /** The decision that `check` would give now; takes nothing, creates nothing, counts nowhere. */
  peek(key: string, cost: Units, by?: readonly Policy[]): Decision;
  /**
   * Takes as `check` does, and notes it as open to be settled. Of a key 1,024 are open at the most, and of all keys so
   * many as the engine says; with one more, the oldest falls out and is settled as one whose key was forgotten.
   */
  reserve(key: string, cost: Units, by?: readonly Policy[]): Reserved;
  /**
   * Settles what was reserved: gives back what was not used of the estimate, as far as it still counts, or
   * takes what was used beyond it, also past the limit. Where the engine is full, that is lost, and counted.
   * Answers what `peek` with a cost of 0 would then. `by`: the policies that it was reserved by.
   */
  settle(key: string, number: number, estimate: Units, actual: Units, by?: readonly Policy[]): Decision;
  /** Blocks the key for at least that long; `false` where the engine is full and can't hold it. */
  block(key: string, ms: number): boolean;
  /**
   * Decides by other numbers from the next call on; names and algorithms are the same. What keys have used
   * stays. O(entries).
   */
  update(policies: readonly Policy[]): void;
  /**
   * All live keys, with times relative to now; not the statistics. O(entries).
   *
   * It is of one moment: where others may call the engine meanwhile (threads, processes), policies and bytes are taken
   * under one lock or in one transaction, in one pass that no update can start anew.
   */
  snapshot(): EngineSnapshot;
  /**
   * Takes in the bytes that `snapshot` answered, in the place of all that is held. O(entries).
   *
   * @throws RangeError where the bytes are none of an engine with these policies; nothing changes then.
   */
  restore(bytes: Uint8Array): void;
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
