import type { Clock } from './contract.js';
import { show } from './errors.js';

/**
 * Time that only goes forward, over a clock that may not: the sum of its steps forward.
 *
 * A step back counts as no time at all, so it grants nothing again, and a key stays locked for no
 * longer than its window takes on the clock from there. Every call that reads the clock notes the step.
 */
export class SteadyClock implements Clock {
  readonly #clock: Clock;
  readonly after?: NonNullable<Clock['after']>;
  #reading: number | undefined;
  #steppedBackMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    if (clock.after !== undefined) this.after = (ms, wake) => clock.after?.(ms, wake) ?? (() => {});
  }

  /** @throws TypeError or RangeError when the clock answers no number of the safe range. */
  now(): number {
    const reading = wholeReading(this.#clock.now());
    if (this.#reading !== undefined && reading < this.#reading) this.#steppedBackMs += this.#reading - reading;
    this.#reading = reading;
    const now = reading + this.#steppedBackMs;
    if (now > Number.MAX_SAFE_INTEGER) throw new RangeError(`clock.now() ran beyond 2^53 − 1, at ${show(reading)}`);
    return now;
  }
}

function wholeReading(reading: unknown): number {
  if (typeof reading !== 'number') throw new TypeError(`clock.now() must answer a number, got ${show(reading)}`);
  const whole = Math.floor(reading);
  if (!Number.isSafeInteger(whole)) throw new RangeError(`clock.now() must answer milliseconds, got ${show(reading)}`);
  return whole;
}
