import { MAX_WINDOW_MS } from '@headgate/core-ts';
import { type Count, Hits, isHeld } from './hits.js';
import type { LocalOptions } from './local-options.js';
import { wholeWindowMs } from './whole-window.js';

/** Lengths that are kept to the millisecond at a time; those beyond are rounded up. */
const EXACT_LENGTHS = 64;

/** Counts in windows of several lengths: a key is counted in one of them at a time. */
export class HitsByWindow {
  readonly #options: LocalOptions;
  readonly #all = new Map<number, Hits>();
  #limit: unknown;

  constructor(options: LocalOptions, limit: unknown) {
    this.#options = options;
    this.#limit = limit;
  }

  /**
   * The windows of this length, or where 64 others run, of one that is longer by a quarter at the most. To be used at
   * once: where it stays empty, the next length may take its place.
   */
  of(windowMs: number): Hits {
    const wholeMs = wholeWindowMs('a window', windowMs);
    return this.#all.get(wholeMs) ?? this.#add(wholeMs);
  }

  /** Where the key has a window that runs. O(lengths). */
  homeOf(key: string): Hits | undefined {
    for (const hits of this.#all.values()) if (hits.read(key) !== undefined) return hits;
    return undefined;
  }

  /** Where the key has a window that runs, or else the windows of this length. */
  homeOr(key: string, windowMs: number): Hits {
    return this.#homeOr(key, this.of(windowMs));
  }

  /** A key whose window has another length from now on takes its hits along, and starts anew. */
  add(key: string, windowMs: number): Count {
    const here = this.of(windowMs);
    const home = this.#homeOr(key, here);
    if (home === here) return here.add(key);
    return moved(key, home, here, home.add(key));
  }

  /**
   * Starts a window of this length now, with so many hits in it, in the place of what the key has; which it keeps where
   * there is no room among the windows of that length.
   */
  restart(key: string, windowMs: number, hits: number): Count {
    const here = this.of(windowMs);
    const home = this.#homeOr(key, here);
    const held = home.read(key);
    if (home !== here && held !== undefined) return moved(key, home, here, { ...held, hits });
    here.forget(key);
    return here.add(key, hits);
  }

  /** Keys that have come to this limit are not evicted, from the next hit on. O(keys held). */
  protectFrom(limit: unknown): void {
    this.#limit = limit;
    for (const hits of this.#all.values()) hits.protectFrom(limit);
  }

  clear(): void {
    for (const hits of this.#all.values()) hits.clear();
  }

  #homeOr(key: string, here: Hits): Hits {
    return this.#all.size === 1 ? here : (this.homeOf(key) ?? here);
  }

  #add(windowMs: number): Hits {
    if (this.#all.size >= EXACT_LENGTHS) this.#dropEmpty();
    const length = this.#all.size < EXACT_LENGTHS ? windowMs : roundedUp(windowMs);
    const held = this.#all.get(length);
    if (held !== undefined) return held;
    const { shared } = this.#options;
    const name = shared === undefined ? undefined : `${shared} ${length} ms`;
    const hits = new Hits({ ...this.#options, shared: name }, length, this.#limit);
    this.#all.set(length, hits);
    return hits;
  }

  #dropEmpty(): void {
    for (const [windowMs, hits] of this.#all) if (hits.isEmpty()) this.#all.delete(windowMs);
  }
}

/** To another length, or not at all: a key is never forgotten because it finds no room. */
function moved(key: string, from: Hits, to: Hits, { hits }: Count): Count {
  const count = to.add(key, hits);
  if (!isHeld(count)) return from.read(key) ?? count;
  from.forget(key);
  return count;
}

/** To one of four lengths in each doubling, which makes less than 160 in all. Ten years stay what they are. */
function roundedUp(windowMs: number): number {
  if (windowMs === MAX_WINDOW_MS) return windowMs;
  const step = 2 ** Math.max(0, Math.floor(Math.log2(windowMs)) - 2);
  return Math.min(Math.ceil(windowMs / step) * step, MAX_WINDOW_MS - 1);
}
