import type { SteadyClock } from '../clock/steady-clock.js';
import { waitClock } from '../clock/wait-clock.js';
import type { Decision, Engine, EngineFactory, Policy, Stats, Units } from '../contract.js';
import { delayed } from '../decision.js';
import { createMapEngine } from '../engine/create-map-engine.js';
import { asOfItsCaller } from '../errors.js';
import { wholeNumber } from '../options/checks.js';
import type { Cost } from '../options/cost.js';
import { type RateLimiterOptions, readOptions } from '../options/options.js';
import { changePolicies, type PolicyChange, type PolicyChanges } from '../options/policy-change.js';
import { MAX_WINDOW_MS } from '../options/policy-options.js';
import {
  type ReserveOptions,
  readReserve,
  readWait,
  type Wait,
  type WaitLimits,
  type WaitOptions,
} from '../options/wait-options.js';
import { restoreInto, snapshotOf } from '../snapshot/snapshot.js';
import { checkCall, checkEngineFactory, readKeys, readUnits } from './call-arguments.js';
import { type By, type CallOptions, CallPolicies } from './call-policies.js';
import {
  type AnyFunction,
  type KeyFor,
  type LimitDecorator,
  type LimitOptions,
  limitDecorator,
  limited,
} from './limit.js';
import { Reservation, reserveInTurn } from './reservation.js';
import { mostDenied, type TopKey, TopKeys } from './top-keys.js';
import { Waiting } from './waiting/waiting.js';

type Inspect = (value: unknown, options: unknown) => string;

/**
 * A policy, a clock and an engine: what users hold. It checks arguments, forwards, and offers `limit()`.
 *
 * ```ts
 * const limiter = new RateLimiter({ limit: 5, windowSeconds: 60 });
 * if (!limiter.allow(userId)) return tooManyRequests();
 * ```
 *
 * Every call that has a key throws `TypeError` for one that is no string, and every call that has a cost
 * throws `TypeError` or `RangeError` for one that is no whole number from 0 up, before any state is touched. Where
 * there are several policies, a cost may be an object that names each: `{ requests: 1, tokens: 800 }`.
 */
export class RateLimiter {
  /** Which engine decides: `'ts'`, `'native'`, or the name that a third party's engine has. */
  readonly backend: string;
  readonly #engine: Engine;
  readonly #clock: SteadyClock | undefined;
  readonly #top: TopKeys | undefined;
  readonly #byCall: CallPolicies;
  #waiting: Waiting | undefined;

  /**
   * @throws TypeError or RangeError for a bad option, with its name and value.
   * @throws BackendUnavailableError where the engine can't do what the options ask for.
   */
  constructor(options: RateLimiterOptions, createEngine: EngineFactory = createMapEngine) {
    checkEngineFactory(createEngine);
    const { track, ...spec } = asOfItsCaller(new.target, () => readOptions(options));
    this.#engine = createEngine(spec);
    this.#byCall = new CallPolicies(this.#engine);
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
  allow(key: string, cost: Cost = 1, options?: CallOptions): boolean {
    const units = typeof key !== 'string' || cost !== 1 ? readUnits(key, cost, this.policies) : 1;
    const allowed = this.#engine.allow(key, units, options === undefined ? undefined : this.#byCall.given(options));
    if (!allowed) this.#top?.add(key);
    return allowed;
  }

  /**
   * Takes `cost` units of each key in turn: 1 where they were taken, 0 where they were denied. The native
   * engine is entered once for all of them.
   */
  allowMany(keys: readonly string[], cost = 1): Uint8Array {
    const own = readKeys(keys, cost);
    const allowed = this.#engine.allowMany(own, cost);
    if (this.#top !== undefined) for (let i = 0; i < own.length; i++) if (!allowed[i]) this.#top.add(own[i] as string);
    return allowed;
  }

  /** Takes `cost` units of the key if they fit, and answers what is left and how long to wait. O(1). */
  check(key: string, cost: Cost = 1, options?: CallOptions): Decision {
    const units = typeof key !== 'string' || cost !== 1 ? readUnits(key, cost, this.policies) : 1;
    const decision = this.#engine.check(key, units, this.#byCall.given(options));
    if (!decision.allowed) this.#top?.add(key);
    return this.#byTheClock(decision);
  }

  /**
   * Whether `check` would allow the cost now, and after how long, without taking it: `remaining` and
   * `resetAfterMs` are those of the key as it stands. Creates nothing and counts in no statistic.
   */
  peek(key: string, cost: Cost = 1, options?: CallOptions): Decision {
    const units = readUnits(key, cost, this.policies);
    return this.#byTheClock(this.#engine.peek(key, units, this.#byCall.given(options)));
  }

  /** Units of the key that are left now: `peek(key).remaining`. */
  remaining(key: string, options?: CallOptions): number {
    return this.peek(key, 1, options).remaining;
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
   *
   * With `wait` it answers a promise, which resolves as that of `wait` does, once the estimate was taken:
   * `await limiter.reserve(user, { requests: 1, tokens: 4_000 }, { wait: true })`.
   */
  reserve(key: string, estimate?: Cost, options?: CallOptions & { readonly wait?: false | undefined }): Reservation;
  reserve(
    key: string,
    estimate: Cost,
    options: CallOptions & { readonly wait: true | WaitLimits },
  ): Promise<Reservation>;
  reserve(key: string, estimate: Cost = 1, options: ReserveOptions = {}): Reservation | Promise<Reservation> {
    const { limit, wait } = readReserve(options);
    const units = readUnits(key, estimate, this.policies);
    const by = this.#byCall.lasting(limit);
    const take = () => this.#reserve(key, estimate, units, by);
    if (wait === undefined) return take();
    return reserveInTurn(take, (decide) => this.#wait(key, units, by, wait, decide));
  }

  #reserve(key: string, estimate: Cost, units: Units, by: By): Reservation {
    const reservation = new Reservation(key, estimate, {
      engine: this.#engine,
      units,
      by,
      byTheClock: (decision) => this.#byTheClock(decision),
      onSettled: () => this.#waiting?.lookAgain(key),
    });
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
    const { cost, limit, ...wait } = readWait(options);
    const units = readUnits(key, cost, this.policies);
    const by = this.#byCall.lasting(limit);
    return this.#wait(key, units, by, wait, () => this.#engine.check(key, units, by?.()));
  }

  async #wait(key: string, units: Units, by: By, { maxWaitMs, signal }: Wait, take: () => Decision): Promise<Decision> {
    this.#waiting ??= new Waiting(this.#engine, waitClock(this.#clock));
    return this.#waiting.wait(key, { units, by, take, signal }, maxWaitMs);
  }

  /**
   * Decides by other numbers from the next call on: `{ limit: 20 }`, or of several policies those that are named
   * in `{ limits: [{ name: 'day', limit: 9000 }] }`. What isn't given stays, and so do names and algorithms.
   *
   * Keys keep what they have used, and blocks that run stay (docs/semantics.md, live change). A limit of 0 has no
   * `burst`: give it again with the next limit where it is not that limit. O(keys held).
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
    return mostDenied(this.#top, n);
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
  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: unknown, inspect: Inspect): string {
    const { policies, backend } = this;
    return `RateLimiter ${inspect({ policies, backend, stats: this.stats() }, options)}`;
  }
}
