/// <reference lib="esnext.disposable" preserve="true" />
import type { Decision, Engine } from './contract.js';
import { show } from './errors.js';
import { wholeNumber } from './read.js';

/**
 * An estimate that was taken, to be settled once. One that is never settled counts as if it had been used, and so does
 * one that fell out because too many were open.
 */
export class Reservation {
  readonly key: string;
  readonly estimate: number;
  /** The decision on the estimate. Where it is denied, nothing was taken. */
  readonly decision: Decision;
  readonly #engine: Engine;
  readonly #number: number;
  readonly #byTheClock: (decision: Decision) => Decision;
  readonly #onSettled: () => void;
  #settledBy: string | undefined;

  constructor(
    engine: Engine,
    key: string,
    estimate: number,
    byTheClock: (decision: Decision) => Decision,
    onSettled: () => void,
  ) {
    const { decision, number } = engine.reserve(key, estimate);
    this.key = key;
    this.estimate = estimate;
    this.decision = byTheClock(decision);
    this.#engine = engine;
    this.#number = number;
    this.#byTheClock = byTheClock;
    this.#onSettled = onSettled;
  }

  /** Whether it was committed or cancelled. */
  get settled(): boolean {
    return this.#settledBy !== undefined;
  }

  /**
   * Takes what was really used in place of the estimate. Less: the difference is given back as far as it
   * still counts, never into a later window. More: the rest is taken too, even past the limit. Answers how
   * the key stands then.
   *
   * @throws TypeError or RangeError unless `actual` is a whole number from 0 to 2^53 − 1.
   * @throws Error where it was settled already, or denied: then nothing changes.
   */
  commit(actual: number): Decision {
    const units = wholeNumber('actual', actual, 0, Number.MAX_SAFE_INTEGER);
    return this.#settle(`commit(${units})`, units);
  }

  /** Gives all of it back: `commit(0)`. A denied one took nothing, so there is nothing to do. */
  cancel(): Decision {
    if (this.decision.allowed || this.settled) return this.#settle('cancel()', 0);
    const decision = this.#engine.peek(this.key, 0);
    this.#settledBy = 'cancel()';
    return this.#byTheClock(decision);
  }

  [Symbol.dispose](): void {
    if (!this.settled) this.cancel();
  }

  #settle(call: string, actual: number): Decision {
    const name = `the reservation of ${this.estimate} by ${show(this.key)}`;
    if (this.#settledBy !== undefined) throw new Error(`${call}: ${name} was settled by ${this.#settledBy} already`);
    if (!this.decision.allowed)
      throw new Error(`${call}: ${name} was denied, so it took nothing that could be settled`);
    const decision = this.#engine.settle(this.key, this.#number, this.estimate, actual);
    this.#settledBy = call;
    this.#onSettled();
    return this.#byTheClock(decision);
  }
}
