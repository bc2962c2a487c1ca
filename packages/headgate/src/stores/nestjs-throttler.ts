import { type Algorithm, type Decision, oneOf, show } from '@headgate/core-ts';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { RateLimiter } from '../backend/rate-limiter.js';
import { checkStoreOptions, type LocalOptions } from './hits/store-options.js';
import { ThrottlerHits, type ThrottlerStorageRecord } from './hits/throttler-hits.js';
import { wholeWindowMs } from './hits/whole-window.js';

export interface ThrottlerStorageOptions extends Omit<LocalOptions, 'shared'> {
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
  /** By window, block and name: what differs in the limit only has one count. */
  readonly #limiters = new Map<string, RateLimiter>();

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: ThrottlerStorageOptions = {}) {
    checkStoreOptions(options, ['maxKeys', 'clock', 'backend', 'algorithm']);
    const { algorithm = 'fixed-window', ...common } = options;
    this.#algorithm = oneOf('algorithm', algorithm, ['fixed-window', 'sliding-window', 'token-bucket']);
    this.#hits = new ThrottlerHits(common);
    this.#options = common;
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
      return this.#hits.increment(key, windowMs, limit, blockForMs, throttlerName);
    const wholeLimit = Math.min(Math.max(0, Math.floor(limit)), Number.MAX_SAFE_INTEGER);
    const limiter = this.#limiterOf(throttlerName, windowMs, blockForMs);
    return recordOf(limiter.check(key, 1, { limit: wholeLimit }), Math.max(windowMs, blockForMs));
  }

  /** Forgets all keys. */
  onApplicationShutdown(): void {
    this.#hits.clear();
    this.#limiters.clear();
  }

  #limiterOf(name: string, windowMs: number, blockForMs: number): RateLimiter {
    const id = JSON.stringify([name, windowMs, blockForMs]);
    const known = this.#limiters.get(id);
    if (known !== undefined) return known;
    const algorithm = this.#algorithm;
    const made = new RateLimiter({ ...this.#options, name, limit: windowMs, windowMs, blockForMs, algorithm });
    this.#limiters.set(id, made);
    return made;
  }
}

/** What never fits has no time after which to retry, where a header wants one: `otherwiseMs`. */
function recordOf(decision: Decision, otherwiseMs: number): ThrottlerStorageRecord {
  const { allowed, limit, remaining, resetAfterSeconds, retryAfterSeconds } = decision;
  return {
    totalHits: limit - remaining + (allowed ? 0 : 1),
    timeToExpire: resetAfterSeconds,
    isBlocked: !allowed,
    timeToBlockExpire: Number.isFinite(retryAfterSeconds) ? retryAfterSeconds : Math.ceil(otherwiseMs / 1000),
  };
}
