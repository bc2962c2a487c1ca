import { type Count, Hits } from './hits.js';
import { checkStoreOptions, type StoreOptions } from './store-options.js';

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
  #counter: Hits | undefined;

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: StoreOptions = {}) {
    checkStoreOptions(options);
    this.localKeys = options.shared === undefined;
    this.prefix = options.shared ?? '';
    this.#options = options;
  }

  /** @throws Error for a second middleware: its window would take the place of the first one's. */
  init({ windowMs, limit }: CountedBy): void {
    if (this.#counter !== undefined)
      throw new Error('this HeadgateStore counts for another middleware already: make one for each');
    this.#counter = new Hits(this.#options, windowMs, limit);
  }

  get(key: string): ClientHits | undefined {
    const count = this.#hits.read(key);
    return count && told(count);
  }

  increment(key: string): ClientHits {
    return told(this.#hits.add(key));
  }

  /** Takes back one hit of the window that runs, if there is any. */
  decrement(key: string): void {
    const count = this.#hits.read(key);
    if (count !== undefined && count.hits > 0) this.#hits.giveBack(key);
  }

  resetKey(key: string): void {
    this.#hits.forget(key);
  }

  resetAll(): void {
    this.#hits.clear();
  }

  /** Forgets all keys; there is no timer to stop. */
  shutdown(): void {
    this.#counter?.clear();
  }

  get #hits(): Hits {
    if (this.#counter === undefined)
      throw new Error('this HeadgateStore has no window: the middleware has not called init(), or that has failed');
    return this.#counter;
  }
}

function told({ hits, resetAfterMs }: Count): ClientHits {
  return { totalHits: hits, resetTime: new Date(Date.now() + resetAfterMs) };
}
