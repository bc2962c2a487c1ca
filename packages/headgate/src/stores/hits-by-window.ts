import { Hits } from './hits.js';
import type { StoreOptions } from './store-options.js';

/** More lengths than anybody means to have; a function that answers more answers another one for each call. */
const MOST_WINDOWS = 64;

/** Counts in windows of several lengths: a key is counted in one of them at a time. */
export class HitsByWindow {
  readonly #options: StoreOptions;
  readonly #all = new Map<number, Hits>();
  #limit: unknown;

  constructor(options: StoreOptions, limit: unknown) {
    this.#options = options;
    this.#limit = limit;
  }

  /** @throws RangeError for the 65th length of which keys have windows that run. */
  of(windowMs: number): Hits {
    return this.#all.get(windowMs) ?? this.#add(windowMs);
  }

  /** Where the key has a window that runs. O(lengths). */
  homeOf(key: string): Hits | undefined {
    for (const hits of this.#all.values()) if (hits.read(key) !== undefined) return hits;
    return undefined;
  }

  protectFrom(limit: number): void {
    this.#limit = limit;
    for (const hits of this.#all.values()) hits.protectFrom(limit);
  }

  #add(windowMs: number): Hits {
    if (this.#all.size >= MOST_WINDOWS) this.#dropEmpty();
    if (this.#all.size >= MOST_WINDOWS)
      throw new RangeError(`windows must have one of ${MOST_WINDOWS} lengths at the most, got ${windowMs} ms too`);
    const { shared } = this.#options;
    const name = shared === undefined ? undefined : `${shared} ${windowMs} ms`;
    const hits = new Hits({ ...this.#options, shared: name }, windowMs, this.#limit);
    this.#all.set(windowMs, hits);
    return hits;
  }

  #dropEmpty(): void {
    for (const [windowMs, hits] of this.#all) if (hits.isEmpty()) this.#all.delete(windowMs);
  }
}
