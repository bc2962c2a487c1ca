import type { Decision, Engine, EngineFactory, Policy, Stats } from './contract.js';
import { show } from './errors.js';
import {
  type AnyFunction,
  type KeyFor,
  type LimitDecorator,
  type LimitOptions,
  limitDecorator,
  limited,
} from './limit.js';
import { createMapEngine } from './map-engine.js';
import { type RateLimiterOptions, readOptions } from './options.js';
import { MAX_WINDOW_MS } from './policy-options.js';
import { wholeNumber } from './read.js';

/**
 * A policy, a clock and an engine: what users hold. It checks arguments, forwards, and offers `limit()`.
 *
 * ```ts
 * const limiter = new RateLimiter({ limit: 5, windowSeconds: 60 });
 * if (!limiter.allow(userId)) return tooManyRequests();
 * ```
 *
 * Every call that has a key throws `TypeError` for one that is no string, and every call that has a cost
 * throws `TypeError` or `RangeError` for one that is no whole number from 0 up, before any state is touched.
 */
export class RateLimiter {
  /** The numbers that decide; of several policies the first. */
  readonly policy: Policy;
  /** All policies, in the order given. */
  readonly policies: readonly Policy[];
  /** Which engine decides: `'ts'`, `'native'`, or the name that a third party's engine has. */
  readonly backend: string;
  readonly #engine: Engine;

  /**
   * @throws TypeError or RangeError for a bad option, with its name and value.
   * @throws BackendUnavailableError where the engine can't do what the options ask for.
   */
  constructor(options: RateLimiterOptions, createEngine: EngineFactory = createMapEngine) {
    const spec = readOptions(options);
    this.#engine = createEngine(spec);
    this.policies = spec.policies;
    this.policy = spec.policies[0] as Policy;
    this.backend = this.#engine.backend;
  }

  /** Takes `cost` units of the key if they fit. The hot path: O(1), and no object is made for a known key. */
  allow(key: string, cost = 1): boolean {
    if (typeof key !== 'string' || cost !== 1) checkCall(key, cost);
    return this.#engine.allow(key, cost);
  }

  /**
   * Takes `cost` units of each key in turn: 1 where they were taken, 0 where they were denied. The native
   * engine is entered once for all of them.
   */
  allowMany(keys: readonly string[], cost = 1): Uint8Array {
    if (!Array.isArray(keys)) throw new TypeError(`keys must be an array of strings, got ${show(keys)}`);
    for (const key of keys) if (typeof key !== 'string') checkCall(key, cost);
    checkCost(cost);
    return this.#engine.allowMany(keys, cost);
  }

  /** Takes `cost` units of the key if they fit, and answers what is left and how long to wait. O(1). */
  check(key: string, cost = 1): Decision {
    if (typeof key !== 'string' || cost !== 1) checkCall(key, cost);
    return this.#engine.check(key, cost);
  }

  /**
   * Whether `check` would allow the cost now, and after how long, without taking it: `remaining` and
   * `resetAfterMs` are those of the key as it stands. Creates nothing and counts in no statistic.
   */
  peek(key: string, cost = 1): Decision {
    if (typeof key !== 'string' || cost !== 1) checkCall(key, cost);
    return this.#engine.peek(key, cost);
  }

  /** Units of the key that are left now: `peek(key).remaining`. */
  remaining(key: string): number {
    return this.peek(key).remaining;
  }

  /**
   * Blocks the key for `ms` from now: all its calls are denied until then. Lengthens a block that runs and
   * never shortens it; `reset` lifts it. `false` where the limiter is full and can't hold one more key.
   */
  block(key: string, ms: number): boolean {
    checkCall(key, 0);
    return this.#engine.block(key, wholeNumber('ms', ms, 1, MAX_WINDOW_MS));
  }

  /** Forgets the key; `true` if it had live state, `false` if it was unknown or expired. */
  reset(key: string): boolean {
    checkCall(key, 0);
    return this.#engine.reset(key);
  }

  /** Forgets all keys; the statistics stay. */
  clear(): void {
    this.#engine.clear();
  }

  /** Drops all expired entries at once and answers how many went. O(entries); never needed, only exact. */
  cleanupExpired(): number {
    return this.#engine.cleanupExpired();
  }

  /** What was allowed and blocked since the start, and how many entries are held. */
  stats(): Stats {
    return this.#engine.stats();
  }

  /**
   * Wraps a function, which keeps its parameters, result, `this`, name and length. A denied call throws
   * `RateLimitExceeded` (an async function rejects with it), or answers what `onBlocked` does.
   *
   * ```ts
   * const login = limiter.limit((user: string) => `login:${user}`, async (user: string) => …);
   * ```
   */
  limit<F extends AnyFunction>(key: KeyFor<F>, fn: F, options?: LimitOptions<F>): F;
  /** Decorates a method: `@limiter.limit('login')`, as a standard decorator or an experimental one. */
  limit<F extends AnyFunction>(key: KeyFor<F>, options?: LimitOptions<F>): LimitDecorator<F>;
  limit<F extends AnyFunction>(
    key: KeyFor<F>,
    fnOrOptions: F | LimitOptions<F> = {},
    options: LimitOptions<F> = {},
  ): F | LimitDecorator<F> {
    if (typeof fnOrOptions === 'function') return limited(this, key, fnOrOptions, options);
    return limitDecorator(this, key, fnOrOptions);
  }

  /** What `console.log(limiter)` prints in Node, Bun and Deno. */
  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: unknown,
    inspect: (value: unknown, options: unknown) => string,
  ): string {
    const { policies, backend } = this;
    return `RateLimiter ${inspect({ policies, backend, stats: this.stats() }, options)}`;
  }
}

function checkCall(key: unknown, cost: unknown): void {
  if (typeof key !== 'string') throw new TypeError(`key must be a string, got ${show(key)}`);
  checkCost(cost);
}

function checkCost(cost: unknown): void {
  if (typeof cost !== 'number') throw new TypeError(`cost must be a whole number from 0 up, got ${show(cost)}`);
  if (!Number.isInteger(cost) || cost < 0)
    throw new RangeError(`cost must be a whole number from 0 up, got ${show(cost)}`);
}
