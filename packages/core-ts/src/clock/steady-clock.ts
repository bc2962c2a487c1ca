import type { Clock } from '../contract.js';
import { show } from '../show.js';

/** What lies further back than this is a step of the clock; what lies less far back is jitter. */
export const JITTER_MS = 1000;

/**
 * Time that only goes forward, over a clock that may not.
 *
 * It stands at the highest reading so far, the mark, while readings lie up to {@link JITTER_MS} below it: so readings
 * that go back and forth, or come out of order, make no time, whatever their sequence. A reading further back than
 * that is a step of the clock: it counts as no time either, and becomes the mark. So a key stays locked for one
 * window at the most by the clock from there, and after a smaller step for that step longer.
 */
export class SteadyClock implements Clock {
  readonly #clock: Clock;
  readonly after?: NonNullable<Clock['after']>;
  #markMs: number | undefined;
  #steppedBackMs = 0;
  /** By how much the last reading lay below the mark: so long time stands, by the clock. */
  behindMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    if (clock.after !== undefined) this.after = (ms, wake) => clock.after?.(ms, wake) ?? (() => {});
  }

  /** @throws TypeError or RangeError when the clock answers no number of the safe range; nothing is noted then. */
  now(): number {
    const reading = wholeReading(this.#clock.now());
    const belowMs = this.#markMs === undefined ? 0 : this.#markMs - reading;
    if (belowMs > 0 && belowMs <= JITTER_MS) {
      this.behindMs = belowMs;
      return reading + belowMs + this.#steppedBackMs;
    }
    const steppedBackMs = this.#steppedBackMs + Math.max(0, belowMs);
    const now = reading + steppedBackMs;
    if (now > Number.MAX_SAFE_INTEGER) throw new RangeError(`clock.now() ran beyond 2^53 − 1, at ${show(reading)}`);
    this.#markMs = reading;
    this.#steppedBackMs = steppedBackMs;
    this.behindMs = 0;
    return now;
  }
}

function wholeReading(reading: unknown): number {
  if (typeof reading !== 'number') throw new TypeError(`clock.now() must answer a number, got ${show(reading)}`);
  const whole = Math.floor(reading);
  if (!Number.isSafeInteger(whole)) throw new RangeError(`clock.now() must answer milliseconds, got ${show(reading)}`);
  return whole;
}
