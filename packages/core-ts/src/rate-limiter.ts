import type { Decision, Engine, EngineFactory, Policy, Stats } from './contract.js';
import { delayed } from './decision.js';
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
import { changePolicies, type PolicyChange, type PolicyChanges } from './policy-change.js';
import { MAX_WINDOW_MS } from './policy-options.js';
import { readList, wholeNumber } from './read.js';
import { Reservation } from './reservation.js';
import { restoreInto, snapshotOf } from './snapshot.js';
import type { SteadyClock } from './steady-clock.js';
import { MOST_TOP_KEYS, type TopKey, TopKeys } from './top-keys.js';
import { waitClock } from './wait-clock.js';
import { readWait, type WaitOptions } from './wait-options.js';
import { Waiting } from './waiting.js';

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
  /** Which engine decides: `'ts'`, `'native'`, or the name that a third party's engine has. */
  readonly backend: string;
  readonly #engine: Engine;
  readonly #clock: SteadyClock | undefined;
  readonly #top: TopKeys | undefined;
  #waiting: Waiting | undefined;

  /**
   * @throws TypeError or RangeError for a bad option, with its name and value.
   * @throws BackendUnavailableError where the engine can't do what the options ask for.
   */
  constructor(options: RateLimiterOptions, createEngine: EngineFactory = createMapEngine) {
    if (typeof createEngine !== 'function')
      throw new TypeError(`createEngine must be a function that makes an engine, got ${show(createEngine)}`);
    const { track, ...spec } = readOptions(options);
    this.#engine = createEngine(spec);
    this.backend = this.#engine.backend;
    this.#clock = spec.clock;
    this.#top = track ? new TopKeys() : undefined;
  }

  /** The numbers that decide; of several policies the first. */
  get policy(): Policy {
    return this.policies[0] as Policy;
  }

  /** All policies, in the order given. */
  get policies(): readonly Policy[] {
    return this.#engine.policies;
  }

  /** Takes `cost` units of the key if they fit. The hot path: O(1), and no object is made for a known key. */
  allow(key: string, cost = 1): boolean {
    if (typeof key !== 'string' || cost !== 1) checkCall(key, cost);
    const allowed = this.#engine.allow(key, cost);
    if (!allowed) this.#top?.add(key);
    return allowed;
  }

  /**
   * Takes `cost` units of each key in turn: 1 where they were taken, 0 where they were denied. The native
   * engine is entered once for all of them.
   */
  allowMany(keys: readonly string[], cost = 1): Uint8Array {
    if (!Array.isArray(keys)) throw new TypeError(`keys must be an array of strings, got ${show(keys)}`);
    const own = readList('keys', keys, (key) => {
      if (typeof key !== 'string') checkCall(key, cost);
      return key as string;
    });
    checkCost(cost);
    const allowed = this.#engine.allowMany(own, cost);
    if (this.#top !== undefined) for (let i = 0; i < own.length; i++) if (!allowed[i]) this.#top.add(own[i] as string);
    return allowed;
  }

  /** Takes `cost` units of the key if they fit, and answers what is left and how long to wait. O(1). */
  check(key: string, cost = 1): Decision {
    if (typeof key !== 'string' || cost !== 1) checkCall(key, cost);
    const decision = this.#engine.check(key, cost);
    if (!decision.allowed) this.#top?.add(key);
    return this.#byTheClock(decision);
  }

  /**
   * Whether `check` would allow the cost now, and after how long, without taking it: `remaining` and
   * `resetAfterMs` are those of the key as it stands. Creates nothing and counts in no statistic.
   */
  peek(key: string, cost = 1): Decision {
    if (typeof key !== 'string' || cost !== 1) checkCall(key, cost);
    return this.#byTheClock(this.#engine.peek(key, cost));
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
    const blocks = this.#engine.block(key, wholeNumber('ms', ms, 1, MAX_WINDOW_MS));
    this.#waiting?.lookAgain(key);
    return blocks;
  }

  /**
   * Takes an estimate now, for what is known only at the end: bytes sent, tokens used. Settle it with
   * `commit(actual)` or `cancel()`; at the end of a `using` block it is cancelled if it was not settled.
   *
   * ```ts
   * using reservation = limiter.reserve(user, 1_000);
   * if (!reservation.decision.allowed) return tooManyRequests();
   * reservation.commit(await send());
   * ```
   *
   * Of a key 1,024 are open at one time at the most, and of all keys of a limiter 65,536: with one more the oldest
   * falls out. It counts as used; a `commit` below its estimate gives nothing back then, and one above takes the rest.
   */
  reserve(key: string, estimate = 1): Reservation {
    checkCall(key, estimate);
    const reservation = new Reservation(
      this.#engine,
      key,
      estimate,
      (decision) => this.#byTheClock(decision),
      () => this.#waiting?.lookAgain(key),
    );
    if (!reservation.decision.allowed) this.#top?.add(key);
    return reservation;
  }

  /**
   * Resolves when the cost was taken, first come first served among those who wait for the key here; `allow`
   * and its like don't queue. Takes nothing before, and a wait that is rejected counts in no statistic.
   *
   * Rejects with `RateLimitExceeded` at once where the wait is foreseen to be longer than `maxWaitMs` or the cost can
   * never fit, and later where others took what it waited for or an update made it so; with the signal's reason when
   * that is aborted. Behind others, the wait is foreseen as the least that it can be if all of them stay. One timer
   * per key that is waited for; 500 are admitted in one turn of the event loop at the most, the rest in the next ones.
   */
  async wait(key: string, options: WaitOptions = {}): Promise<Decision> {
    const { cost = 1, maxWaitMs, signal } = readWait(options);
    checkCall(key, cost);
    this.#waiting ??= new Waiting(this.#engine, waitClock(this.#clock));
    return this.#waiting.wait(key, cost, maxWaitMs, signal);
  }

  /**
   * Decides by other numbers from the next call on: `{ limit: 20 }`, or of several policies those that are named
   * in `{ limits: [{ name: 'day', limit: 9000 }] }`. What isn't given stays, and so do names and algorithms.
   *
   * Keys keep what they have used. A fixed window goes on from its start, with the new length; a sliding window
   * keeps the units that still count; a token bucket keeps the units that are owed, at a limit of 0 for one window. A
   * limit that is lower than what is used leaves none. A limit of 0 has no `burst`: give it again with the next limit
   * where it is not that limit. Running blocks stay. O(keys held).
   *
   * @throws TypeError or RangeError for a bad option, with its name and value; nothing changes then.
   */
  update(change: PolicyChange | PolicyChanges): void {
    this.#engine.update(changePolicies(this.policies, change));
    this.#waiting?.lookAgain();
  }

  /**
   * All live keys in bytes, for `restore` after a restart. Times in it are relative to now: how long it lay is no
   * time at all. Statistics and open reservations are not in it. O(keys held).
   */
  snapshot(): Uint8Array {
    return snapshotOf(this.#engine);
  }

  /**
   * Takes in a snapshot, in the place of all keys that are held: of a limiter with the same policies, on the
   * same backend. O(keys in it).
   *
   * @throws TypeError or RangeError where the bytes are damaged or of another limiter; nothing changes then.
   */
  restore(snapshot: Uint8Array): void {
    restoreInto(this.#engine, snapshot);
    this.#waiting?.lookAgain();
  }

  /** Forgets the key; `true` if it had live state, `false` if it was unknown or expired. */
  reset(key: string): boolean {
    checkCall(key, 0);
    const live = this.#engine.reset(key);
    this.#waiting?.lookAgain(key);
    return live;
  }

  /** Forgets all keys; the statistics stay. */
  clear(): void {
    this.#engine.clear();
    this.#waiting?.lookAgain();
  }

  /** Drops all expired entries at once and answers how many went. O(entries); never needed, only exact. */
  cleanupExpired(): number {
    const dropped = this.#engine.cleanupExpired();
    this.#waiting?.lookAgain(); // a new key may have found room
    return dropped;
  }

  /** What was allowed and blocked since the start, and how many entries are held. */
  stats(): Stats {
    return this.#engine.stats();
  }

  /**
   * The `n` keys that were denied most through this limiter since the start, the most denied first: `n` from 1 to
   * 1,024, of which so many are counted. For limiters made with `track: true`.
   *
   * @throws Error where it was not asked to track.
   */
  topKeys(n = 10): TopKey[] {
    const most = wholeNumber('n', n, 1, MOST_TOP_KEYS);
    if (this.#top === undefined) throw new Error('topKeys needs a limiter that is made with track: true');
    return this.#top.most(most);
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

  /** With the time in it for which the limiter's time stands, where the clock has jittered back. */
  #byTheClock(decision: Decision): Decision {
    const behindMs = this.#clock?.behindMs ?? 0;
    return behindMs === 0 ? decision : delayed(decision, behindMs);
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
