/** Readings that lie less far back are jitter, and count as none. */
export const JITTER_MS = 1000n;

/**
 * A limiter's time, said in the plainest words: how far the readings have come since the clock last stepped back,
 * after all that they had come before.
 */
export class ModelTime {
  #readings: bigint[];
  #beforeMs = 0n;

  /** A limiter reads its clock when it is made. */
  constructor(readingMs: bigint) {
    this.#readings = [readingMs];
  }

  /** Takes in one reading, and answers the time at it. */
  read(readingMs: bigint): bigint {
    if (this.#highest() - readingMs > JITTER_MS) {
      this.#beforeMs += this.#highest() - (this.#readings[0] ?? 0n);
      this.#readings = [readingMs];
    }
    this.#readings.push(readingMs);
    return this.#beforeMs + this.#highest() - (this.#readings[0] ?? 0n);
  }

  /** For how long time stands by the clock, as of its last reading. */
  get behindMs(): bigint {
    return this.#highest() - (this.#readings.at(-1) ?? 0n);
  }

  #highest(): bigint {
    let highest = this.#readings[0] ?? 0n;
    for (const reading of this.#readings) if (reading > highest) highest = reading;
    return highest;
  }
}
