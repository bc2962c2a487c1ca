import { SteadyClock } from '../clock/steady-clock.js';
import type { Decision, Policy, Stats } from '../contract.js';
import { decision, delayed } from '../decision.js';
import { Counters } from '../engine/counters.js';
import { checkCall } from '../limiter/call-arguments.js';
import { fold } from '../memory/fold.js';
import { readClock } from '../options/options.js';
import { type FixedWindowOptions, readFixedWindow } from './fixed-window-options.js';
import { Windows } from './windows.js';

export type { FixedWindowOptions } from './fixed-window-options.js';

/**
 * One fixed window on its own, for where each kilobyte counts: a page, or a function at the edge. It decides as a
 * {@link RateLimiter} with the same numbers does, field by field, and has of its calls those below. A bundler that drops
 * what is not used keeps less than 4 kB of it, compressed, where a `RateLimiter` brings some 20.
 *
 * ```ts
 * const limiter = new FixedWindowLimiter({ limit: 5, windowSeconds: 60 });
 * if (!limiter.allow(userId)) return tooManyRequests();
 * ```
 *
 * Keys and costs are checked as a `RateLimiter` checks them, with its errors. What differs is who goes when `maxKeys` are
 * held: the key whose window began first, of those that have units left. One that has none stays, and where all are so, a
 * new key is denied until the first of them ends.
 */
export class FixedWindowLimiter {
  /** The numbers that decide. */
  readonly policy: Policy;
  readonly #clock: SteadyClock;
  readonly #windows: Windows;
  readonly #counters = new Counters(1);

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: FixedWindowOptions) {
    const { policy, maxKeys, clock } = readFixedWindow(options);
    this.policy = policy;
    this.#clock = readClock(clock) ?? new SteadyClock({ now: () => performance.now() });
    this.#clock.now(); // steps back count from here on
    this.#windows = new Windows(policy, maxKeys);
  }

  /** Takes `cost` units of the key if they fit. O(1), but for expired keys that it drops, each once. */
  allow(key: string, cost = 1): boolean {
    checkCall(key, cost);
    return this.#take(fold(key), cost, this.#clock.now()) === 'allowed';
  }

  /** Takes `cost` units of the key if they fit, and answers what is left and how long to wait. */
  check(key: string, cost = 1): Decision {
    checkCall(key, cost);
    const [name, nowMs] = [fold(key), this.#clock.now()];
    const outcome = this.#take(name, cost, nowMs);
    return outcome === 'full' ? this.#full(nowMs) : this.#answer(outcome === 'allowed', name, cost, nowMs);
  }

  /** What `check` would decide now, without taking it. Creates nothing and counts in no statistic. */
  peek(key: string, cost = 1): Decision {
    checkCall(key, cost);
    const [name, nowMs] = [fold(key), this.#clock.now()];
    const fits = this.#windows.remaining(name, nowMs) >= cost;
    if (fits && cost > 0 && !this.#windows.canHold(name, nowMs)) return this.#full(nowMs);
    return this.#answer(fits, name, cost, nowMs);
  }

  /** Units of the key that are left now: `peek(key).remaining`. */
  remaining(key: string): number {
    return this.peek(key).remaining;
  }

  /** Forgets the key; `true` if it had live state, `false` if it was unknown or expired. */
  reset(key: string): boolean {
    checkCall(key, 0);
    return this.#windows.forget(fold(key), this.#clock.now());
  }

  /** Forgets all keys. Statistics stay. */
  clear(): void {
    this.#windows.clear();
  }

  /** Drops all expired keys at once and answers how many went. O(keys held); never needed, only exact. */
  cleanupExpired(): number {
    return this.#windows.dropExpired(this.#clock.now());
  }

  /** What was allowed and blocked since the start, and how many keys are held. */
  stats(): Stats {
    return this.#counters.stats([this.policy], this.#windows.held, this.#windows.evictions);
  }

  #take(name: string, cost: number, nowMs: number): 'allowed' | 'denied' | 'full' {
    if (this.#windows.remaining(name, nowMs) < cost) {
      this.#counters.deny(0);
      return 'denied';
    }
    if (cost > 0 && !this.#windows.take(name, cost, nowMs)) {
      this.#counters.rejectFull('deny');
      return 'full';
    }
    this.#counters.allowed++;
    return 'allowed';
  }

  #answer(allowed: boolean, name: string, cost: number, nowMs: number): Decision {
    return this.#byTheClock(decision(allowed, [this.#windows.row(name, cost, nowMs, allowed)], 0));
  }

  /** A new key finds no room. */
  #full(nowMs: number): Decision {
    const { name, limit } = this.policy;
    const retryAfterMs = this.#windows.roomAfterMs(nowMs);
    return this.#byTheClock(decision(false, [{ name, limit, remaining: 0, resetAfterMs: 0, retryAfterMs }], 0));
  }

  #byTheClock(decided: Decision): Decision {
    const { behindMs } = this.#clock;
    return behindMs === 0 ? decided : delayed(decided, behindMs);
  }
}
