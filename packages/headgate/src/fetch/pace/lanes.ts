import type { WaitClock } from '@headgate/core-ts';
import { Lane } from './lane.js';

/** From so many lanes on, those that nobody needs are looked for when one more comes. */
const LEAST_TO_SWEEP = 1_000;
/** Beyond so many, the oldest tenth goes, with what was known of its servers. */
const MOST_LANES = 100_000;

/** The lane of each key. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #clock: WaitClock;
  readonly #spreadBelow: number;
  #sweepAt = LEAST_TO_SWEEP;

  constructor(clock: WaitClock, spreadBelow: number) {
    this.#clock = clock;
    this.#spreadBelow = spreadBelow;
  }

  /** How many are held. */
  get size(): number {
    return this.#lanes.size;
  }

  of(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#lanes.size >= this.#sweepAt) this.#sweep();
    const lane = new Lane(key, this.#clock, this.#spreadBelow);
    this.#lanes.set(key, lane);
    return lane;
  }

  #sweep(): void {
    for (const [key, lane] of this.#lanes) if (lane.isForgettable()) this.#lanes.delete(key);
    if (this.#lanes.size >= MOST_LANES) this.#dropOldest(MOST_LANES / 10);
    this.#sweepAt = Math.min(MOST_LANES, Math.max(LEAST_TO_SWEEP, 2 * this.#lanes.size));
  }

  #dropOldest(count: number): void {
    let left = count;
    for (const [key, lane] of this.#lanes) {
      if (left === 0) return;
      if (lane.present === 0 && this.#lanes.delete(key)) left--;
    }
  }
}
