import { type Algorithm, type Decision, oneOf, show } from '@headgate/core-ts';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { RateLimiter } from '../backend/rate-limiter.js';
import type { RemoteHits } from '../redis/hits/remote-hits.js';
import { RemoteRateLimiter } from '../redis/limiter/remote-rate-limiter.js';
import { type Engine, shareOf } from './hits/either-hits.js';
import type { LocalOptions } from './hits/local-options.js';
import { readStoreOptions, type StoreOptions } from './hits/store-options.js';
import {
  idOf,
  recordOf,
  type Throttled,
  ThrottlerHits,
  type ThrottlerStorageRecord,
} from './hits/throttler/throttler-hits.js';
import { wholeWindowMs } from './hits/whole-window.js';

export interface ThrottlerStorageOptions extends Omit<StoreOptions, 'shared'> {
  /**
   * `'fixed-window'` by default: at most `limit` hits in the `ttl` from the first one on, and after a block a count
   * from 0. With `'sliding-window'` no span of one `ttl` sees more than `limit`; after a block, there and with
   * `'token-bucket'`, what still counts goes on to count.
   */
  readonly algorithm?: Algorithm | undefined;
}

/**
 * A `storage` for @nestjs/throttler.
 *
 * ```ts
 * ThrottlerModule.forRoot({ throttlers: [{ ttl: 60_000, limit: 100 }], storage: new HeadgateThrottlerStorage() })
 * ```
 */
export class HeadgateThrottlerStorage implements ThrottlerStorage {
  readonly #algorithm: Algorithm;
  readonly #hits: ThrottlerHits;
  readonly #options: LocalOptions;
  readonly #engine: Engine;
  readonly #remote: RemoteHits | undefined;
  /** By window, block and name: what differs in the limit only has one count. */
  readonly #limiters = new Map<string, RateLimiter | RemoteRateLimiter>();

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: ThrottlerStorageOptions = {}) {
    const { local, remote } = readStoreOptions(options, ['maxKeys', 'clock', 'backend', 'algorithm']);
    const { algorithm = 'fixed-window', ...common } = local as ThrottlerStorageOptions;
    this.#algorithm = oneOf('algorithm', algorithm, ['fixed-window', 'sliding-window', 'token-bucket']);
    this.#hits = new ThrottlerHits(common);
    this.#options = common;
    this.#engine = options.engine;
    this.#remote = remote;
  }

  /** Rejects with a TypeError for a number that is none. */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
  ): Promise<ThrottlerStorageRecord> {
    const windowMs = wholeWindowMs('ttl', ttl);
    if (typeof limit !== 'number' || Number.isNaN(limit))
      throw new TypeError(`limit must be a number, got ${show(limit)}`);
    const blockForMs = blockDuration > 0 ? wholeWindowMs('blockDuration', blockDuration) : 0;
    if (this.#algorithm === 'fixed-window')
      return recordOf(await this.#count(key, windowMs, limit, blockForMs, throttlerName));
    const wholeLimit = Math.min(Math.max(0, Math.floor(limit)), Number.MAX_SAFE_INTEGER);
    const limiter = this.#limiterOf(throttlerName, windowMs, blockForMs);
    const id = this.#engine === undefined ? key : idOf(key, throttlerName);
    const decision = await limiter.check(id, 1, { limit: wholeLimit });
    return decisionRecord(decision, Math.max(windowMs, blockForMs));
  }

  /** Forgets all keys of this process. */
  onApplicationShutdown(): void {
    this.#hits.clear();
    this.#limiters.clear();
  }

  /** On a server, two throttlers of one key have a block each. */
  async #count(key: string, windowMs: number, limit: number, blockMs: number, name: string): Promise<Throttled> {
    const here = (instances: number) => this.#hits.count(key, windowMs, shareOf(limit, instances), blockMs, name);
    if (this.#remote === undefined) return here(1);
    const call = { kind: 'throttle', windowMs, limit: Math.min(limit, Number.MAX_SAFE_INTEGER), blockMs } as const;
    const count = await this.#remote.ask(idOf(key, name), call, (instances) => ({ ...here(instances), windowMs }));
    return count as Throttled; // there is one: a hit was counted, or denied
  }

  #limiterOf(name: string, windowMs: number, blockForMs: number): RateLimiter | RemoteRateLimiter {
    const id = JSON.stringify([name, windowMs, blockForMs]);
    const known = this.#limiters.get(id);
    if (known !== undefined) return known;
    const policy = { name, limit: windowMs, windowMs, blockForMs, algorithm: this.#algorithm };
    const made =
      this.#engine === undefined
        ? new RateLimiter({ ...this.#options, ...policy })
        : new RemoteRateLimiter({ ...policy, engine: this.#engine });
    this.#limiters.set(id, made);
    return made;
  }
}

/** What never fits has no time after which to retry, where a header wants one: `otherwiseMs`. */
function decisionRecord(decision: Decision, otherwiseMs: number): ThrottlerStorageRecord {
  const { allowed, limit, remaining, resetAfterSeconds, retryAfterSeconds } = decision;
  return {
    totalHits: limit - remaining + (allowed ? 0 : 1),
    timeToExpire: resetAfterSeconds,
    isBlocked: !allowed,
    timeToBlockExpire: Number.isFinite(retryAfterSeconds) ? retryAfterSeconds : Math.ceil(otherwiseMs / 1000),
  };
}
