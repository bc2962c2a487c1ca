import { type Decision, MAX_WINDOW_MS, type PolicyRow, wholeNumber } from '@headgate/core-ts';
import { RateLimiter } from '../../backend/rate-limiter.js';
import type { LocalOptions } from './local-options.js';

/** Hits of one key in its window. */
export interface Count {
  /** Those that were given back are not among them. 2^53 − 1 where nothing more can be counted. */
  readonly hits: number;
  /** Until the window ends; it started with the key's first hit. */
  readonly resetAfterMs: number;
}

/**
 * A key's units are two counts in one number, read by `hitsTaken` and `hitsGivenBack`: a hit that is taken is this
 * many units, and one that is given back is a single unit.
 */
const UNITS_PER_HIT = 2 ** 26;
const MOST_GIVEN_BACK = UNITS_PER_HIT - 1;
const MOST_UNITS = Number.MAX_SAFE_INTEGER;
/** The most hits that are told apart in one window; with more than those, a key is over any limit. */
export const MOST_HITS = 2 ** 27 - 1;

/**
 * Counts hits for who compares them with a limit outside: also those above it, each exactly, in fixed windows.
 *
 * A limiter takes no more than its limit and gives back only what was reserved, so hits are taken under a policy
 * that no key comes to the end of, and what is given back is taken as well, as the lower part of the same number:
 * both are then in one window, in one entry, and changed at once, whatever other threads do.
 */
export class Hits {
  readonly windowMs: number;
  readonly #limiter: RateLimiter;

  /**
   * @param limit what the hits are compared with, where that is one whole number: it decides nothing here, but a key
   *   that has come to it is not evicted to admit another
   */
  constructor(options: LocalOptions, windowMs: number, limit?: unknown) {
    this.windowMs = wholeNumber('windowMs', windowMs, 1, MAX_WINDOW_MS);
    const limits = [{ name: 'hits', limit: MOST_UNITS, windowMs }];
    if (isCountable(limit)) limits.push({ name: 'limit', limit: limit * UNITS_PER_HIT, windowMs });
    this.#limiter = new RateLimiter({ ...options, limits });
  }

  /** Another number to protect by, where there was one to begin with. O(keys held). */
  protectFrom(limit: unknown): void {
    if (this.#limiter.policies.length === 1 || !isCountable(limit)) return;
    this.#limiter.update({ limits: [{ name: 'limit', limit: limit * UNITS_PER_HIT }] });
  }

  /** More hits at once than can be told apart are taken as that many. */
  add(key: string, hits = 1): Count {
    const units = Math.min(hits, MOST_HITS) * UNITS_PER_HIT;
    const taken = this.#limiter.check(key, units);
    if (taken.allowed) return countOf(taken);
    const over = this.#limiter.reserve(key, 0).commit(units);
    if (unitsOf(over) > 0) return countOf(over);
    return { hits: MOST_UNITS, resetAfterMs: taken.retryAfterMs }; // full, of keys over their limits
  }

  /**
   * Takes hits back from the window that runs, also below none, and answers what is left. `undefined`, with nothing
   * changed, where no window runs, and after 2^26 − 1 of them in one window.
   */
  giveBack(key: string, hits = 1): Count | undefined {
    const before = unitsOf(this.#limiter.peek(key, 0));
    if (hitsTaken(before) === 0 || hitsGivenBack(before) + hits > MOST_GIVEN_BACK) return undefined;
    const after = this.#limiter.reserve(key, 0).commit(hits);
    if (hitsTaken(unitsOf(after)) > 0) return countOf(after);
    this.#limiter.reset(key); // the window ended in between
    return undefined;
  }

  /** `undefined` where no window runs. */
  read(key: string): Count | undefined {
    const decision = this.#limiter.peek(key, 0);
    return unitsOf(decision) === 0 ? undefined : countOf(decision);
  }

  /** `true` if a window ran. */
  forget(key: string): boolean {
    return this.#limiter.reset(key);
  }

  clear(): void {
    this.#limiter.clear();
  }

  /** Whether no key has a window that runs. O(keys held). */
  isEmpty(): boolean {
    this.#limiter.cleanupExpired();
    return this.#limiter.stats().activeKeys === 0;
  }
}

/** Whether the hits are noted: not where there is no room for the key, or it has more than can be told apart. */
export function isHeld({ hits }: Count): boolean {
  return hits !== MOST_UNITS;
}

function isCountable(limit: unknown): limit is number {
  return Number.isInteger(limit) && (limit as number) >= 0 && (limit as number) <= MOST_HITS;
}

function unitsOf({ policies }: Decision): number {
  return MOST_UNITS - (policies[0] as PolicyRow).remaining;
}

function hitsTaken(units: number): number {
  return Math.floor(units / UNITS_PER_HIT);
}

function hitsGivenBack(units: number): number {
  return units % UNITS_PER_HIT;
}

function countOf(decision: Decision): Count {
  const units = unitsOf(decision);
  const hits = units === MOST_UNITS ? MOST_UNITS : hitsTaken(units) - hitsGivenBack(units);
  const { resetAfterMs } = decision.policies[0] as PolicyRow;
  return { hits, resetAfterMs };
}
