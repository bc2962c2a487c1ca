/// <reference lib="esnext.disposable" preserve="true" />
import {
  type AnyFunction,
  type CallOptions,
  CallPolicies,
  type Cost,
  changePolicies,
  type KeyFor,
  type LimitDecorator,
  type LimitOptions,
  limitDecorator,
  limited,
  MAX_WINDOW_MS,
  mostDenied,
  type Policy,
  type PolicyChange,
  type PolicyChanges,
  type RateLimiterOptions,
  type ReserveOptions,
  readOptions,
  readReserve,
  readUnits,
  readWait,
  refuseUnknown,
  show,
  type TopKey,
  TopKeys,
  type Units,
  type WaitOptions,
  wholeNumber,
} from '@headgate/core-ts';
import type { Inspection, InspectOptions } from '../inspect/inspection.js';
import type { RemoteDecision, RemoteEngine, RemoteEngineFactory, RemoteStats } from './remote-engine.js';
import { RemoteReservation } from './remote-reservation.js';
import { Turns } from './turns.js';

/** What a limiter is made from whose state is elsewhere: the policies of a `RateLimiter`, and an engine. */
export interface RemoteRateLimiterOptions extends Omit<RateLimiterOptions, 'maxKeys' | 'onFull' | 'clock' | 'shared'> {
  /** Where the state is: `redis(client)`, or `memory()`. */
  readonly engine: RemoteEngineFactory;
}

type By = (() => readonly Policy[]) | undefined;

/**
 * A `RateLimiter` whose state is elsewhere: the same options, calls, decisions and errors, as promises.
 *
 * ```ts
 * const limiter = new RemoteRateLimiter({ limit: 100, windowSeconds: 60, engine: redis(new Redis()) });
 * if (!(await limiter.allow(userId))) return tooManyRequests();
 * ```
 *
 * Bad arguments reject with the `TypeError` or `RangeError` that a `RateLimiter` throws, before anything is sent.
 */
export class RemoteRateLimiter {
  /** `'redis'`, `'memory'`, or the name that a third party's engine has. */
  readonly backend: string;
  /** All calls answer promises. */
  readonly isAsync = true;
  readonly #engine: RemoteEngine;
  readonly #byCall: CallPolicies;
  readonly #top: TopKeys | undefined;
  readonly #turns = new Turns();

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: RemoteRateLimiterOptions) {
    if (typeof options !== 'object' || options === null)
      throw new TypeError(`options must be an object, got ${show(options)}`);
    const { engine, ...rest } = options;
    if (typeof engine !== 'function')
      throw new TypeError(`engine must be redis(client) or memory(), got ${show(engine)}`);
    refuseLocal(rest);
    const { policies, track } = readOptions(rest);
    this.#engine = engine({ policies });
    this.#byCall = new CallPolicies(this.#engine);
    this.backend = this.#engine.backend;
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

  /** Takes `cost` units of the key if they fit. */
  async allow(key: string, cost: Cost = 1, options?: CallOptions): Promise<boolean> {
    const allowed = await this.#engine.allow(key, this.#units(key, cost), this.#byCall.given(options));
    if (!allowed) this.#top?.add(key);
    return allowed;
  }

  /** Takes `cost` units of each key in turn: 1 where they were taken, 0 where they were denied. All travel together. */
  async allowMany(keys: readonly string[], cost = 1): Promise<Uint8Array> {
    if (!Array.isArray(keys)) throw new TypeError(`keys must be an array of strings, got ${show(keys)}`);
    const calls = [...keys].map((key) => [key, this.#units(key, cost)] as const);
    if (typeof cost !== 'number') throw new TypeError(`cost must be a whole number from 0 up, got ${show(cost)}`);
    const answers = await Promise.all(calls.map(([key, units]) => this.#engine.allow(key, units)));
    answers.forEach((allowed, i) => {
      if (!allowed) this.#top?.add(keys[i] as string);
    });
    return Uint8Array.from(answers, Number);
  }

  /** Takes `cost` units of the key if they fit, and answers what is left and how long to wait. */
  async check(key: string, cost: Cost = 1, options?: CallOptions): Promise<RemoteDecision> {
    return this.#check(key, this.#units(key, cost), this.#byCall.given(options));
  }

  async #check(key: string, units: Units, by: readonly Policy[] | undefined): Promise<RemoteDecision> {
    const decision = await this.#engine.check(key, units, by);
    if (!decision.allowed) this.#top?.add(key);
    return decision;
  }

  /** Whether `check` would allow the cost now, and after how long, without taking it. */
  async peek(key: string, cost: Cost = 1, options?: CallOptions): Promise<RemoteDecision> {
    return this.#engine.peek(key, this.#units(key, cost), this.#byCall.given(options));
  }

  /** Units of the key that are left now. */
  async remaining(key: string, options?: CallOptions): Promise<number> {
    return (await this.peek(key, 1, options)).remaining;
  }

  /** Blocks the key for `ms` from now; lengthens a block that runs and never shortens it. `false` where no server did. */
  async block(key: string, ms: number): Promise<boolean> {
    this.#units(key, 0);
    return this.#engine.block(key, wholeNumber('ms', ms, 1, MAX_WINDOW_MS));
  }

  /** Takes an estimate now, to be settled with `commit(actual)` or `cancel()`. With `wait` it waits its turn first. */
  async reserve(key: string, estimate: Cost = 1, options: ReserveOptions = {}): Promise<RemoteReservation> {
    const { limit, wait } = readReserve(options);
    const units = this.#units(key, estimate);
    const by = this.#byCall.lasting(limit);
    const take = () => this.#reserve(key, estimate, units, by);
    if (wait === undefined) return take();
    return this.#turns.wait(
      key,
      wait,
      () => this.#engine.peek(key, units, by?.()),
      take,
      ({ decision }) => decision,
    );
  }

  async #reserve(key: string, estimate: Cost, units: Units, by: By): Promise<RemoteReservation> {
    const { decision, number } = await this.#engine.reserve(key, units, by?.());
    if (!decision.allowed) this.#top?.add(key);
    return new RemoteReservation(key, estimate, decision, { engine: this.#engine, units, by, number });
  }

  /**
   * Resolves when the cost was taken: first come first served among those who wait for the key in this process. Whoever is in
   * front asks again when the server has said that the cost fits, so between processes it is who asks first then; each waits
   * a little longer at random, so that none is always first.
   *
   * Rejects with `RateLimitExceeded` where the wait would be longer than `maxWaitMs`, or the cost can never fit.
   */
  async wait(key: string, options: WaitOptions = {}): Promise<RemoteDecision> {
    const { cost, limit, ...wait } = readWait(options);
    const units = this.#units(key, cost);
    const by = this.#byCall.lasting(limit);
    const foresee = () => this.#engine.peek(key, units, by?.());
    return this.#turns.wait(
      key,
      wait,
      foresee,
      () => this.#engine.check(key, units, by?.()),
      (told) => told,
    );
  }

  /**
   * Decides by other numbers from the next call on, in this process: tell the others too. A key goes over to them with the
   * next call that it is asked for, so a token bucket repays by the new limit from when it was last taken from.
   *
   * @throws TypeError or RangeError for a bad option, with its name and value; nothing changes then.
   */
  update(change: PolicyChange | PolicyChanges): void {
    this.#engine.update(changePolicies(this.policies, change));
  }

  /** Forgets the key; `true` if it had live state. */
  async reset(key: string): Promise<boolean> {
    this.#units(key, 0);
    return this.#engine.reset(key);
  }

  /**
   * Forgets all keys; the statistics stay. It asks for some at a time, and rejects with a `BackendUnavailableError` where one
   * of those is not answered within `deadlineMs`: what was forgotten until then stays so.
   */
  async clear(): Promise<void> {
    await this.#engine.clear();
  }

  /**
   * For the end of a process: gives back the units that it has leased, and leases none any more. Resolves when they are back,
   * within twice `deadlineMs`; what can't be given back counts as used until its window ends. Calls are decided as ever, so
   * requests that still run are answered. Without leases there is nothing to do. The client stays open: it is yours.
   */
  async close(): Promise<void> {
    await this.#engine.close?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What was allowed and blocked through this object since the start. */
  stats(): RemoteStats {
    return this.#engine.stats();
  }

  /** The `n` keys that were denied most through this object since the start. For limiters made with `track: true`. */
  topKeys(n = 10): TopKey[] {
    return mostDenied(this.#top, n);
  }

  /**
   * How the server stands: what it is, whether it evicts keys, its clock, its latency, and what does without it. It asks
   * the server a few times and changes nothing. What is not answered by then, or is refused, is told as `unknown`.
   */
  async inspect(options: InspectOptions = {}): Promise<Inspection> {
    refuseUnknown(options, ['key', 'deadlineMs']);
    const { key, deadlineMs = 1000 } = options;
    if (key !== undefined) this.#units(key, 0);
    const withinMs = wholeNumber('deadlineMs', deadlineMs, 1, 60_000);
    const told = await this.#engine.inspect?.(withinMs, key);
    return { backend: this.backend, policies: this.policies, warnings: [], unknown: {}, ...told };
  }

  /** Wraps a function, or decorates a method: each call of it answers a promise. */
  limit<F extends AnyFunction>(key: KeyFor<F>, fn: F, options?: LimitOptions<F>): F;
  limit<F extends AnyFunction>(key: KeyFor<F>, options?: LimitOptions<F>): LimitDecorator<F>;
  limit<F extends AnyFunction>(
    key: KeyFor<F>,
    fnOrOptions: F | LimitOptions<F> = {},
    options: LimitOptions<F> = {},
  ): F | LimitDecorator<F> {
    if (typeof fnOrOptions === 'function') return limited(this, key, fnOrOptions, options);
    return limitDecorator(this, key, fnOrOptions);
  }

  #units(key: string, cost: Cost): Units {
    return readUnits(key, cost, this.policies);
  }
}

const LOCAL = ['maxKeys', 'onFull', 'clock', 'shared'] as const;

/** What only a limiter in memory has. */
function refuseLocal(options: object): void {
  for (const name of LOCAL) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined)
      throw new TypeError(`${name} is an option of RateLimiter: the server has keys and time, got ${show(value)}`);
  }
}
