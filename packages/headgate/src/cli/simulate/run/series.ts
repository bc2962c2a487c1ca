const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Each is a whole number of the one before. */
const STEPS_MS = [
  SECOND,
  5 * SECOND,
  15 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  6 * HOUR,
  24 * HOUR,
  168 * HOUR,
];
const MOST_STEPS = 480;

/** Counts over time, in steps that grow with the time that they span. */
export class Series {
  /** How many counts each step has: all requests, and the denials of each policy. */
  readonly #width: number;
  #stepMs = STEPS_MS[0] as number;
  #startMs = Number.NaN;
  #counts: number[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  get stepMs(): number {
    return this.#stepMs;
  }

  get startMs(): number {
    return this.#startMs;
  }

  /** Times don't go back. */
  add(timeMs: number, which: number): void {
    if (Number.isNaN(this.#startMs)) this.#startMs = Math.floor(timeMs / this.#stepMs) * this.#stepMs;
    let step = Math.floor((timeMs - this.#startMs) / this.#stepMs);
    while (step >= MOST_STEPS) {
      this.#coarsen();
      step = Math.floor((timeMs - this.#startMs) / this.#stepMs);
    }
    const at = step * this.#width + which;
    while (this.#counts.length < (step + 1) * this.#width) this.#counts.push(0);
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  /** One count over time. */
  of(which: number): number[] {
    return this.#counts.filter((_, i) => i % this.#width === which);
  }

  #coarsen(): void {
    const wider = STEPS_MS.find((ms) => ms > this.#stepMs) ?? 2 * this.#stepMs;
    const startMs = Math.floor(this.#startMs / wider) * wider;
    const counts: number[] = [];
    this.#counts.forEach((count, i) => {
      const timeMs = this.#startMs + Math.floor(i / this.#width) * this.#stepMs;
      const at = Math.floor((timeMs - startMs) / wider) * this.#width + (i % this.#width);
      while (counts.length <= at) counts.push(0);
      counts[at] = (counts[at] as number) + count;
    });
    this.#counts = counts;
    this.#stepMs = wider;
    this.#startMs = startMs;
  }
}
