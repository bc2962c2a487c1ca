import { MAX_WINDOW_MS, show, wholeNumber } from '@headgate/core-ts';
import { type Held, MOST_POINTS, Points } from './points.js';
import { RateLimiterRes } from './rate-limiter-res.js';
import { checkStoreOptions, type StoreOptions } from './store-options.js';

export { RateLimiterRes } from './rate-limiter-res.js';

export interface RateLimiterMemoryOptions extends Omit<StoreOptions, 'shared'> {
  /** A whole number from 0 to 134,217,725. */
  readonly points: number;
  /** Seconds that make whole milliseconds; 0: points are never forgotten. */
  readonly duration: number;
  /** For how many seconds who consumes more than there is has to wait; 0, the default: until the duration ends. */
  readonly blockDuration?: number | undefined;
  /** Not supported: it holds calls back by timers. */
  readonly execEvenly?: false | undefined;
  /** `'rlflx'` by default. */
  readonly keyPrefix?: string | undefined;
}

export interface CallOptions {
  /** In place of `duration`, where nothing is known of the key yet. */
  readonly customDuration?: number | undefined;
}

const OPTIONS = [
  'points',
  'duration',
  'blockDuration',
  'execEvenly',
  'keyPrefix',
  'maxKeys',
  'clock',
  'backend',
] satisfies (keyof RateLimiterMemoryOptions)[];

/**
 * Answers as the class of this name in rate-limiter-flexible does, rejections included, without a timer per key.
 *
 * ```ts
 * const limiter = new RateLimiterMemory({ points: 5, duration: 60 });
 * await limiter.consume(userId);
 * ```
 */
export class RateLimiterMemory {
  readonly keyPrefix: string;
  readonly #held: Points;
  #points: number;
  #durationMs: number;
  #blockMs: number;

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: RateLimiterMemoryOptions) {
    checkStoreOptions(options, OPTIONS);
    const { points, duration, blockDuration = 0, execEvenly = false, keyPrefix = 'rlflx', ...engine } = options;
    if (execEvenly !== false) throw new TypeError(`execEvenly must be false, got ${show(execEvenly)}`);
    if (typeof keyPrefix !== 'string') throw new TypeError(`keyPrefix must be a string, got ${show(keyPrefix)}`);
    this.keyPrefix = keyPrefix;
    this.#points = wholeNumber('points', points, 0, MOST_POINTS);
    this.#durationMs = readMs('duration', duration);
    this.#blockMs = readMs('blockDuration', blockDuration);
    this.#held = new Points(engine, this.#points);
  }

  get points(): number {
    return this.#points;
  }

  set points(value: number) {
    this.#points = wholeNumber('points', value, 0, MOST_POINTS);
    this.#held.protectFrom(this.#points);
  }

  /** In seconds, for keys of which nothing is known yet. */
  get duration(): number {
    return this.#durationMs / 1000;
  }

  set duration(value: number) {
    this.#durationMs = readMs('duration', value);
  }

  /** In seconds. */
  get blockDuration(): number {
    return this.#blockMs / 1000;
  }

  set blockDuration(value: number) {
    this.#blockMs = readMs('blockDuration', value);
  }

  getKey(key: string | number): string {
    return this.keyPrefix === '' ? String(key) : `${this.keyPrefix}:${key}`;
  }

  /** Rejects with a `RateLimiterRes` where more is consumed than there is; what it consumes counts all the same. */
  async consume(key: string | number, pointsToConsume = 1, options: CallOptions = {}): Promise<RateLimiterRes> {
    const points = wholeNumber('pointsToConsume', pointsToConsume, 0, MOST_POINTS);
    const consumed = this.#add(key, points, options);
    if (consumed.consumedPoints <= this.#points) return consumed;
    const isFirstDenial = consumed.consumedPoints <= this.#points + points;
    if (this.#blockMs === 0 || !isFirstDenial) throw consumed;
    const held = this.#held.set(this.getKey(key), consumed.consumedPoints, this.#blockMs);
    throw this.#told(held, true);
  }

  async penalty(key: string | number, points = 1, options: CallOptions = {}): Promise<RateLimiterRes> {
    return this.#add(key, wholeNumber('points', points, 0, MOST_POINTS), options);
  }

  /** Goes below 0 consumed points as well. */
  async reward(key: string | number, points = 1, options: CallOptions = {}): Promise<RateLimiterRes> {
    return this.#add(key, 0 - wholeNumber('points', points, 0, MOST_POINTS), options);
  }

  /** `null` where nothing is known of the key. */
  async get(key: string | number): Promise<RateLimiterRes | null> {
    const held = this.#held.get(this.getKey(key));
    return held === undefined ? null : this.#told(held, false);
  }

  /** For so many seconds, or for ever where that is 0. */
  async set(key: string | number, points: number, secDuration = this.duration): Promise<RateLimiterRes> {
    const value = wholeNumber('points', points, -MOST_POINTS, MOST_POINTS + 1);
    const { msLeft } = this.#held.set(this.getKey(key), value, readMs('secDuration', secDuration));
    return new RateLimiterRes(0, msLeft, value);
  }

  /** For so many seconds, or for ever where that is 0. */
  async block(key: string | number, secDuration: number): Promise<RateLimiterRes> {
    return this.set(key, this.#points + 1, secDuration);
  }

  /** `true` if anything was known of the key. */
  async delete(key: string | number): Promise<boolean> {
    return this.#held.delete(this.getKey(key));
  }

  #add(key: string | number, points: number, { customDuration = this.duration }: CallOptions): RateLimiterRes {
    const id = this.getKey(key);
    const known = this.#held.add(id, points);
    if (known !== undefined) return this.#told(known, false);
    return this.#told(this.#held.set(id, points, readMs('customDuration', customDuration)), true);
  }

  #told({ points, msLeft }: Held, isFirst: boolean): RateLimiterRes {
    return new RateLimiterRes(Math.max(0, this.#points - points), msLeft, points, isFirst);
  }
}

function readMs(name: string, seconds: unknown): number {
  const wanted = `${name} must be seconds that make whole milliseconds from 0 to ${MAX_WINDOW_MS - 1}`;
  if (typeof seconds !== 'number') throw new TypeError(`${wanted}, got ${show(seconds)}`);
  const ms = Math.round(seconds * 1000);
  if (ms / 1000 !== seconds || ms < 0 || ms >= MAX_WINDOW_MS) throw new RangeError(`${wanted}, got ${show(seconds)}`);
  return ms;
}
