import { MAX_WINDOW_MS } from '@headgate/core-ts';
import { type Count, type Hits, MOST_HITS } from './hits.js';
import { HitsByWindow } from './hits-by-window.js';
import type { StoreOptions } from './store-options.js';

/** Points of one key. */
export interface Held {
  /** Below 0 where more was given back than taken. */
  readonly points: number;
  /** Until they are forgotten; -1 where they never are. */
  readonly msLeft: number;
}

/** A key with 0 points is known as well, so each has one hit that is no point. */
const KNOWN = 1;
/** The most points that can be told apart, with one more that is over any limit. */
export const MOST_POINTS = MOST_HITS - KNOWN - 1;
/** What is kept for ever is kept for ten years. */
const FOREVER_MS = MAX_WINDOW_MS;

/** Points by key, each for a duration of its own; 0 ms is for ever. */
export class Points {
  readonly #hits: HitsByWindow;

  constructor(options: StoreOptions, limit: number) {
    this.#hits = new HitsByWindow(options, limit + KNOWN);
  }

  /** Keys with more points than that are not evicted to make room. O(keys held). */
  protectFrom(limit: number): void {
    this.#hits.protectFrom(limit + KNOWN);
  }

  get(key: string): Held | undefined {
    const home = this.#hits.homeOf(key);
    const count = home?.read(key);
    return home && count && heldOf(count, home.windowMs);
  }

  /** Adds to what the key has, which lasts as long as it did before; `undefined` where it has nothing. */
  add(key: string, points: number): Held | undefined {
    const home = this.#hits.homeOf(key);
    return home && heldOf(points < 0 ? giveBack(home, key, -points) : home.add(key, points), home.windowMs);
  }

  /** In the place of what the key has. */
  set(key: string, points: number, durationMs: number): Held {
    this.delete(key);
    const hits = this.#hits.of(durationMs === 0 ? FOREVER_MS : durationMs);
    const count = hits.add(key, KNOWN + Math.max(0, points));
    return heldOf(points < 0 ? giveBack(hits, key, -points) : count, hits.windowMs);
  }

  /** `true` if the key had anything. */
  delete(key: string): boolean {
    return this.#hits.homeOf(key)?.forget(key) ?? false;
  }
}

function heldOf({ hits, resetAfterMs }: Count, windowMs: number): Held {
  return { points: hits - KNOWN, msLeft: windowMs === FOREVER_MS ? -1 : resetAfterMs };
}

function giveBack(hits: Hits, key: string, points: number): Count {
  const count = hits.giveBack(key, points);
  if (count === undefined) throw new RangeError(`too many points of one key were given back, with ${points} more`);
  return count;
}
