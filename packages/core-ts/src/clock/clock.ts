import type { Clock } from '../contract.js';
import { show } from '../show.js';

interface Wake {
  /** On the sum of all steps forward. */
  readonly dueMs: number;
  call(): void;
}

/** A clock for tests: it stands still until it is told to move. */
export class ManualClock implements Clock {
  #nowMs: number;
  #forwardMs = 0;
  readonly #wakes = new Set<Wake>();

  /** @throws RangeError unless `startMs` is a safe integer. */
  constructor(startMs = 0) {
    this.#nowMs = wholeMs('startMs', startMs);
  }

  now(): number {
    return this.#nowMs;
  }

  /**
   * Moves the clock by whole milliseconds; a negative number is a step back. What is due on the way is called
   * when its time has come, the earliest first.
   *
   * @throws RangeError unless `ms` and the new reading are safe integers.
   */
  advance(ms: number): void {
    const target = wholeMs('the clock', this.#nowMs + wholeMs('ms', ms));
    const untilMs = this.#forwardMs + Math.max(0, ms);
    for (let wake = this.#due(untilMs); wake !== undefined; wake = this.#due(untilMs)) {
      this.#wakes.delete(wake);
      this.#nowMs += wake.dueMs - this.#forwardMs;
      this.#forwardMs = wake.dueMs;
      wake.call();
    }
    this.#forwardMs = untilMs;
    this.#nowMs = target;
  }

  /** Calls back when the clock has been moved forward by so much; the answer takes that back. */
  after(ms: number, wake: () => void): () => void {
    const due = { dueMs: this.#forwardMs + Math.max(0, wholeMs('ms', ms)), call: wake };
    this.#wakes.add(due);
    return () => this.#wakes.delete(due);
  }

  #due(untilMs: number): Wake | undefined {
    let earliest: Wake | undefined;
    for (const wake of this.#wakes) {
      if (wake.dueMs <= untilMs && (earliest === undefined || wake.dueMs < earliest.dueMs)) earliest = wake;
    }
    return earliest;
  }
}

function wholeMs(name: string, value: number): number {
  if (typeof value !== 'number')
    throw new TypeError(`${name} must be a whole number of milliseconds, got ${show(value)}`);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${name} must be a whole number of milliseconds, got ${show(value)}`);
  return value;
}
