import type { Clock } from '@headgate/core-ts';
import { inTurn } from './flexible/in-turn.js';
import { type Held, Points } from './flexible/points.js';
import { type Dump, type Restored, type RestoredKeys, restoreEach } from './flexible/points-dump.js';
import { classes } from './flexible/rate-limiter-classes.js';
import {
  type CallOptions,
  checkLimit,
  checkOptions,
  type RateLimiterMemoryOptions,
  readMs,
  readPoints,
} from './flexible/rate-limiter-options.js';
import type { RateLimiterRes as Res } from './flexible/rate-limiter-res.js';

export type { CallOptions, RateLimiterMemoryOptions } from './flexible/rate-limiter-options.js';
export { RateLimiterRedis } from './flexible/redis/rate-limiter-redis.js';
export type { Insurance, RateLimiterRedisOptions } from './flexible/redis/rate-limiter-redis-options.js';
export type { LocalOptions } from './hits/local-options.js';

/** The class of rate-limiter-flexible, where that is installed. */
export const RateLimiterRes: typeof Res = classes.Res;
export type RateLimiterRes = Res;

/**
 * Answers as the class of this name in rate-limiter-flexible does, rejections included, without a timer per key.
 *
 * ```ts
 * const limiter = new RateLimiterMemory({ points: 5, duration: 60 });
 * await limiter.consume(userId);
 * ```
 */
export class RateLimiterMemory extends classes.Abstract {
  readonly #held: Points;
  readonly #clock: Clock | undefined;
  #protectedPoints: number;

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: RateLimiterMemoryOptions) {
    checkOptions(options);
    super(options);
    const { maxKeys, clock, backend } = options;
    this.#held = new Points({ maxKeys, clock, backend }, this.points);
    this.#clock = clock;
    this.#protectedPoints = this.points;
  }

  /** Rejects with a `RateLimiterRes` where more is consumed than there is; what it consumes counts all the same. */
  async consume(key: string | number, pointsToConsume = 1, options: CallOptions = {}): Promise<RateLimiterRes> {
    const points = readPoints('pointsToConsume', pointsToConsume);
    const consumed = this.#add(key, points, options);
    if (consumed.consumedPoints <= this.points) return inTurn(this, consumed, this.#clock?.after?.bind(this.#clock));
    const isFirstDenial = consumed.consumedPoints <= this.points + points;
    if (!(this.blockDuration > 0 && isFirstDenial)) throw consumed;
    const blockMs = readMs('blockDuration', this.blockDuration);
    throw this.#resOf(this.#held.set(this.#idOf(key), consumed.consumedPoints, blockMs), true);
  }

  async penalty(key: string | number, points = 1, options: CallOptions = {}): Promise<RateLimiterRes> {
    return this.#add(key, readPoints('points', points), options);
  }

  /** Goes below 0 consumed points as well. */
  async reward(key: string | number, points = 1, options: CallOptions = {}): Promise<RateLimiterRes> {
    return this.#add(key, -readPoints('points', points), options);
  }

  /** `null` where nothing is known of the key. */
  async get(key: string | number): Promise<RateLimiterRes | null> {
    const held = this.#held.get(this.#idOf(key));
    return held === undefined ? null : this.#resOf(held, false);
  }

  /** For so many seconds, or for ever where that is 0. */
  async set(key: string | number, points: number, secDuration = this.duration): Promise<RateLimiterRes> {
    const value = readPoints('points', points);
    const held = this.#held.set(this.#idOf(key), value, readMs('secDuration', secDuration));
    return new RateLimiterRes(0, held.msLeft, value);
  }

  /** For so many seconds, or for ever where that is 0. */
  async block(key: string | number, secDuration: number): Promise<RateLimiterRes> {
    return this.set(key, this.points + 1, secDuration);
  }

  /** `true` if anything was known of the key. */
  async delete(key: string | number): Promise<boolean> {
    return this.#held.delete(this.#idOf(key));
  }

  /** The key that `getKey` has named so. */
  parseKey(rlKey: string): string {
    return this.keyPrefix === '' ? rlKey : rlKey.slice(this.keyPrefix.length + 1); // before 11, the peer left the colon
  }

  /** All keys with their points, for `restore` here or in rate-limiter-flexible. O(keys). */
  dump(): Dump {
    const dumpedAt = Date.now();
    const storage = Array.from(this.#held.all(), ([id, { points, msLeft }]) => {
      return { key: this.parseKey(id), value: points, expiresAt: msLeft < 0 ? null : dumpedAt + msLeft };
    });
    return { version: 1, dumpedAt, storage };
  }

  /** Takes in what was dumped and is not over, in the place of what its keys have; `undefined` for what is no dump. */
  restore(data: Omit<Dump, 'dumpedAt'>, detailResponse: true): Restored<RestoredKeys> | undefined;
  restore(data: Omit<Dump, 'dumpedAt'>, detailResponse?: false): Restored<number> | undefined;
  restore(
    data: Omit<Dump, 'dumpedAt'>,
    detailResponse?: boolean,
  ): Restored<number> | Restored<RestoredKeys> | undefined;
  restore(data: Omit<Dump, 'dumpedAt'>, detailResponse = false): Restored<number> | Restored<RestoredKeys> | undefined {
    const nowMs = Date.now();
    const all = restoreEach(data, nowMs, ({ key, value, expiresAt }) => {
      this.#held.set(this.#idOf(key), readPoints('value', value), expiresAt === null ? 0 : expiresAt - nowMs);
    });
    if (all === undefined) return undefined;
    const { invalid, expired, restored } = all;
    if (!detailResponse) return { invalid: invalid.length, expired: expired.length, restored: restored.length };
    return { invalid: withCount(invalid), expired: withCount(expired), restored: withCount(restored) };
  }

  #idOf(key: string | number): string {
    return String(this.getKey(key));
  }

  #add(key: string | number, points: number, options: CallOptions | null): RateLimiterRes {
    this.#protect();
    const id = this.#idOf(key);
    const known = this.#held.add(id, points);
    if (known !== undefined) return this.#resOf(known, false);
    const customDuration = options?.customDuration ?? -1;
    const durationMs = readMs('duration', customDuration >= 0 ? customDuration : this.duration);
    return this.#resOf(this.#held.set(id, points, durationMs), true);
  }

  /** `points` may have been changed since the last call. */
  #protect(): void {
    if (this.points === this.#protectedPoints) return;
    checkLimit(this.points);
    this.#held.protectFrom(this.points);
    this.#protectedPoints = this.points;
  }

  #resOf({ points, msLeft }: Held, isFirst: boolean): RateLimiterRes {
    return new RateLimiterRes(Math.max(0, this.points - points), msLeft, points, isFirst);
  }
}

function withCount(keys: (string | number)[]): RestoredKeys {
  return { count: keys.length, keys };
}
