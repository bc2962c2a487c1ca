import { MAX_WINDOW_MS } from '@headgate/core-ts';
import { type Count, type Hits, MOST_HITS } from '../hits/hits.js';
import { HitsByWindow } from '../hits/hits-by-window.js';
import type { LocalOptions } from '../hits/local-options.js';

/** Points of one key. */
export interface Held {
  /** Below 0 where more was given back than taken. */
  readonly points: number;
  /** Until they are forgotten; -1 where they never are. */
  readonly msLeft: number;
}

/** A key with 0 points is known as well, so each has this one hit that is no point. */
const HIT_OF_KNOWN_KEY = 1;
/** The most points that can be told apart, with one more that is over any limit. */
export const MOST_POINTS = MOST_HITS - HIT_OF_KNOWN_KEY - 1;
/** What is kept for ever is kept for ten years. */
const FOREVER_MS = MAX_WINDOW_MS;
const FEWEST_TO_SWEEP = 1024;

/** Points by key, each for a duration of its own; 0 ms is for ever. They are whole: a fraction is cut off the sum. */
export class Points {
  readonly #hits: HitsByWindow;
  /** All keys that have points, and some that have had: an engine does not say which it holds. */
  readonly #keys = new Set<string>();
  #sweepAt = FEWEST_TO_SWEEP;

  constructor(options: LocalOptions, limit: number) {
    this.#hits = new HitsByWindow(options, hitsAt(limit));
  }

  /** Keys with more points than that are not evicted to make room. O(keys held). */
  protectFrom(limit: number): void {
    this.#hits.protectFrom(hitsAt(limit));
  }

  get(key: string): Held | undefined {
    const home = this.#hits.homeOf(key);
    const count = home?.read(key);
    return home && count && heldOf(count, home.windowMs);
  }

  /** Adds to what the key has, which lasts as long as it did before; `undefined` where it has nothing. */
  add(key: string, points: number): Held | undefined {
    const home = this.#hits.homeOf(key);
    const count = home?.read(key);
    if (home === undefined || count === undefined) return undefined;
    const held = pointsOf(count);
    const change = Math.trunc(held + points) - held;
    return heldOf(change < 0 ? giveBack(home, key, -change) : home.add(key, change), home.windowMs);
  }

  /** In the place of what the key has, which it keeps where there is no room for keys of that duration. */
  set(key: string, points: number, durationMs: number): Held {
    this.#note(key);
    const whole = Math.trunc(points);
    const windowMs = durationMs === 0 ? FOREVER_MS : Math.min(durationMs, FOREVER_MS - 1);
    const hits = hitsOf(Math.max(0, whole));
    const count = this.#hits.restart(key, windowMs, hits);
    const home = this.#hits.homeOf(key);
    if (home === undefined) return heldOf(count, windowMs);
    return heldOf(whole < 0 && count.hits === hits ? giveBack(home, key, -whole) : count, home.windowMs);
  }

  /** `true` if the key had anything. */
  delete(key: string): boolean {
    this.#keys.delete(key);
    return this.#hits.homeOf(key)?.forget(key) ?? false;
  }

  /** All keys with what they have. O(keys × lengths). */
  *all(): Iterable<readonly [key: string, held: Held]> {
    for (const key of this.#keys) {
      const held = this.get(key);
      if (held !== undefined) yield [key, held];
    }
  }

  /** Keeps the noted keys within twice those that are held, at O(1) for each that is noted, on the average. */
  #note(key: string): void {
    if (this.#keys.size >= this.#sweepAt) {
      for (const each of this.#keys) if (this.#hits.homeOf(each) === undefined) this.#keys.delete(each);
      this.#sweepAt = Math.max(FEWEST_TO_SWEEP, 2 * this.#keys.size);
    }
    this.#keys.add(key);
  }
}

/** The hits at which a key has come to so many points. */
function hitsAt(limit: number): number {
  return hitsOf(Math.min(Math.max(0, Math.floor(limit)), MOST_POINTS));
}

function hitsOf(points: number): number {
  return points + HIT_OF_KNOWN_KEY;
}

function pointsOf({ hits }: Count): number {
  return hits - HIT_OF_KNOWN_KEY;
}

function heldOf(count: Count, windowMs: number): Held {
  return { points: pointsOf(count), msLeft: windowMs === FOREVER_MS ? -1 : count.resetAfterMs };
}

function giveBack(hits: Hits, key: string, points: number): Count {
  const count = hits.giveBack(key, points);
  if (count === undefined) throw new RangeError(`too many points of one key were given back, with ${points} more`);
  return count;
}
