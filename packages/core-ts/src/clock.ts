import type { Clock } from './contract.js';
import { show } from './errors.js';
import { SteadyClock } from './steady-clock.js';

/**
 * The clock of the TypeScript engine: `performance.now()`, which every browser, worker, Node, Bun and
 * Deno has and which never steps back (W3C High Resolution Time §7.1). It answers fractions of a
 * millisecond, and reads through the global object, so that fake timers are obeyed.
 */
export const monotonicClock: Clock =
  typeof globalThis.performance?.now === 'function'
    ? { now: () => performance.now() }
    : new SteadyClock({ now: () => Date.now() });

/** A clock for tests: it stands still until it is told to move. */
export class ManualClock implements Clock {
  #nowMs: number;

  /** @throws RangeError unless `startMs` is a safe integer. */
  constructor(startMs = 0) {
    this.#nowMs = wholeMs('startMs', startMs);
  }

  now(): number {
    return this.#nowMs;
  }

  /**
   * Moves the clock by whole milliseconds; a negative number is a step back.
   *
   * @throws RangeError unless `ms` and the new reading are safe integers.
   */
  advance(ms: number): void {
    const moved = this.#nowMs + wholeMs('ms', ms);
    this.#nowMs = wholeMs('the clock', moved);
  }
}

function wholeMs(name: string, value: number): number {
  if (typeof value !== 'number')
    throw new TypeError(`${name} must be a whole number of milliseconds, got ${show(value)}`);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${name} must be a whole number of milliseconds, got ${show(value)}`);
  return value;
}
