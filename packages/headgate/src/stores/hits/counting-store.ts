import { MAX_WINDOW_MS } from '@headgate/core-ts';
import type { Count } from './hits.js';
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
  #windows: HitsByWindow;
  /** `undefined` until it is told: what is counted before is counted for as long as the engine can. */
  #windowMs: number | undefined;
  #limit: unknown;

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: StoreOptions = {}) {
    checkStoreOptions(options);
    this.localKeys = options.shared === undefined;
    this.prefix = options.shared ?? '';
    this.#options = options;
    this.#windows = new HitsByWindow(options, undefined);
  }

  /**
   * Windows that start from now on have this length, also those of the middlewares that the store was given to before.
   * What was counted before the first middleware is forgotten, since it was in no window.
   *
   * @throws TypeError for a window that is no number; nothing changes then.
   */
  init({ windowMs, limit }: CountedBy): void {
    const wholeMs = wholeWindowMs('windowMs', windowMs);
    if (this.#windowMs === undefined) {
      this.#windows.clear();
      this.#windows = new HitsByWindow(this.#options, limit);
      this.#limit = limit;
    } else if (typeof limit === 'number' && typeof this.#limit === 'number' && limit < this.#limit) {
      this.#windows.protectFrom(limit);
      this.#limit = limit;
    }
    this.#windowMs = wholeMs;
    this.#windows.of(wholeMs);
  }

  get(key: string): ClientHits | undefined {
    const id = String(key);
    const count = this.#windows.homeOf(id)?.read(id);
    return count && clientHitsOf(count);
  }

  /** A key that is no string, which a generator may answer all the same, counts as the string that is made of it. */
  increment(key: string): ClientHits {
    const id = String(key);
    return clientHitsOf(this.#windows.homeOr(id, this.#windowMs ?? MAX_WINDOW_MS).add(id));
  }

  /** Takes back one hit of the window that runs, if there is any. */
  decrement(key: string): void {
    const id = String(key);
    const home = this.#windows.homeOf(id);
    const count = home?.read(id);
    if (count !== undefined && count.hits > 0) home?.giveBack(id);
  }

  resetKey(key: string): void {
    const id = String(key);
    this.#windows.homeOf(id)?.forget(id);
  }

  resetAll(): void {
    this.#windows.clear();
  }

  /** Forgets all keys; there is no timer to stop. */
  shutdown(): void {
    this.#windows.clear();
  }
}

function clientHitsOf({ hits, resetAfterMs }: Count): ClientHits {
  return { totalHits: hits, resetTime: new Date(Date.now() + resetAfterMs) };
}
