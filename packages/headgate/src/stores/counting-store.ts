import type { Count, Hits } from './hits.js';
import { HitsByWindow } from './hits-by-window.js';
import { checkStoreOptions, type StoreOptions } from './store-options.js';
import { wholeWindowMs } from './whole-window.js';

/** What a store is told of the middleware that it belongs to. */
export interface CountedBy {
  readonly windowMs: number;
  /** A number, or a function that only the middleware calls. */
  readonly limit: unknown;
}

export interface ClientHits {
  readonly totalHits: number;
  readonly resetTime: Date;
}

/** What middlewares of the family of express-rate-limit count in: they compare with the limit themselves. */
export class CountingStore {
  /** Whether other stores can't count the same keys. */
  readonly localKeys: boolean;
  /** What tells keys apart from those of other stores; it is the name of the counters, and not in the keys. */
  readonly prefix: string;
  readonly #options: StoreOptions;
  #windows: HitsByWindow | undefined;
  #windowMs: number | undefined;
  #limit: unknown;

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: StoreOptions = {}) {
    checkStoreOptions(options);
    this.localKeys = options.shared === undefined;
    this.prefix = options.shared ?? '';
    this.#options = options;
  }

  /**
   * Windows that start from now on have this length, also those of the middlewares that the store was given to before.
   *
   * @throws TypeError for a window that is no number.
   */
  init({ windowMs, limit }: CountedBy): void {
    this.#windowMs = wholeWindowMs('windowMs', windowMs);
    if (this.#windows === undefined) {
      this.#limit = limit;
      this.#windows = new HitsByWindow(this.#options, limit);
    } else if (typeof limit === 'number' && typeof this.#limit === 'number' && limit < this.#limit) {
      this.#limit = limit;
      this.#windows.protectFrom(limit);
    }
    this.#windows.of(this.#windowMs);
  }

  get(key: string): ClientHits | undefined {
    const count = this.#homeOf(key)?.read(key);
    return count && told(count);
  }

  /** @throws Error before a middleware has told its window. */
  increment(key: string): ClientHits {
    if (this.#windows === undefined || this.#windowMs === undefined)
      throw new Error('this HeadgateStore has no window: the middleware has not called init(), or that has failed');
    return told(this.#windows.homeOr(key, this.#windowMs).add(key));
  }

  /** Takes back one hit of the window that runs, if there is any. */
  decrement(key: string): void {
    const home = this.#homeOf(key);
    const count = home?.read(key);
    if (count !== undefined && count.hits > 0) home?.giveBack(key);
  }

  resetKey(key: string): void {
    this.#homeOf(key)?.forget(key);
  }

  resetAll(): void {
    this.#windows?.clear();
  }

  /** Forgets all keys; there is no timer to stop. */
  shutdown(): void {
    this.#windows?.clear();
  }

  /** Where the key has a window that runs, of whatever length it has started with. */
  #homeOf(key: string): Hits | undefined {
    return this.#windows?.homeOf(key);
  }
}

function told({ hits, resetAfterMs }: Count): ClientHits {
  return { totalHits: hits, resetTime: new Date(Date.now() + resetAfterMs) };
}
