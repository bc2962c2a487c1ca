import { waitedForCoreMs } from './core-wait.mjs';

/** Longer than any call that only decides. */
const WORTH_NOTING_MS = 0.05;
const CALLS_PER_READING = 1_024;

/**
 * The longest time that one call of many took.
 *
 * On a busy machine most pauses are the system's: the thread waits for a core. Linux says how long it
 * waited; that is taken off `longestMs` and left in `longestOnClockMs`. At most 1,024 calls lie between two
 * readings, so a pause may look too short by what the thread waited in those.
 */
export class PauseWatch {
  longestMs = 0;
  longestOnClockMs = 0;
  #calls = 0;
  #waitedMs = 0;
  #lastMs = 0;

  /** To be called before the first call, and after anything that isn't one. */
  start() {
    this.#waitedMs = waitedForCoreMs();
    this.#lastMs = performance.now();
  }

  /** To be called after each call: its end is the start of the next. */
  called() {
    const nowMs = performance.now();
    const tookMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (tookMs > WORTH_NOTING_MS) this.#note(tookMs);
    else if (++this.#calls % CALLS_PER_READING === 0) this.start();
  }

  #note(tookMs) {
    const before = this.#waitedMs;
    this.start();
    const ownMs = tookMs - Math.min(tookMs, this.#waitedMs - before);
    this.longestMs = Math.max(this.longestMs, ownMs);
    this.longestOnClockMs = Math.max(this.longestOnClockMs, tookMs);
  }
}
