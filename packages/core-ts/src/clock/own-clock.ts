import type { Clock } from '../contract.js';
import { areClocksFaked, realPerformance } from './fake-clocks.js';
import { SteadyClock } from './steady-clock.js';

/**
 * A limiter's own clock: `performance.now()`, which every browser, worker, Node, Bun and Deno has and which never
 * steps back (W3C High Resolution Time §7.1). It answers fractions of a millisecond. Without `performance` it is
 * `Date.now()`.
 *
 * Where the global clocks are faked it is `Date.now()`, for as long as they are, whether they were faked before the
 * limiter was made or later. When they change, time goes on from where it is: it never jumps, and never stands for
 * good.
 */
export class OwnClock implements Clock {
  #chosenBy = Date;
  #isFaked = areClocksFaked();
  #source = currentSource();
  /** What is added to the source's readings, so that time goes on where the source before left it. */
  #aheadMs = 0;
  /** The last reading under fake clocks, and the real time then. */
  #lastFaked = { nowMs: 0, realMs: 0 };

  /** `startMs`: what it answers first; by default what its source says. */
  constructor(startMs?: number) {
    if (startMs !== undefined) this.#aheadMs = startMs - this.#source.now();
    if (this.#isFaked) this.now();
  }

  now(): number {
    if (this.#isFaked || Date !== this.#chosenBy) return this.#fakedNow();
    return this.#source.now() + this.#aheadMs;
  }

  /** Under fake clocks, or where they have just come or gone. */
  #fakedNow(): number {
    if (Date !== this.#chosenBy) this.#changeSource();
    const nowMs = this.#source.now() + this.#aheadMs;
    if (this.#isFaked) this.#lastFaked = { nowMs, realMs: realNow() };
    return nowMs;
  }

  /** After fake clocks the real time counts that has passed since the last reading. */
  #changeSource(): void {
    const { nowMs, realMs } = this.#lastFaked;
    const goneOnMs = this.#isFaked ? nowMs + realNow() - realMs : this.#source.now() + this.#aheadMs;
    this.#chosenBy = Date;
    this.#isFaked = areClocksFaked();
    this.#source = currentSource();
    this.#aheadMs = goneOnMs - this.#source.now();
  }
}

function currentSource(): Clock {
  const date = Date;
  const performance = areClocksFaked() ? undefined : realPerformance();
  return performance ?? new SteadyClock({ now: () => date.now() });
}

/** Goes on under fake clocks too, where the runtime's own clock was seen before them; else it stands. */
function realNow(): number {
  return realPerformance()?.now() ?? 0;
}
