import { isNameOf } from '../memory/fold.js';
import { NONE } from '../memory/slab.js';
import type { Entries } from './entries.js';

/**
 * The entry of the last call, as long as none was forgotten since, and its denial: whoever hammers on one key is answered
 * without a look-up, and once it is denied without a look at its state.
 *
 * Reads side by side with `core-native/src/engine/last_key.rs`.
 */
export class LastKey {
  #slot = NONE;
  #forgotten = 0;
  #deniedCost = 0;
  #deniedUntilMs = Number.NEGATIVE_INFINITY;

  /** The entry of a key that is the last one again; else `NONE`. */
  slotOf(key: string, { slab, forgotten }: Entries): number {
    const slot = this.#slot;
    if (slot === NONE || this.#forgotten !== forgotten || !isNameOf(key, slab.nameOf(slot))) return NONE;
    return slot;
  }

  /** Whether the last key is known to be denied at this cost. */
  denies(cost: number, reading: number): boolean {
    return cost === this.#deniedCost && reading < this.#deniedUntilMs;
  }

  /** An entry is the last one from here on, of which no denial is known. */
  replace(slot: number, { forgotten }: Entries): void {
    this.#slot = slot;
    this.#forgotten = forgotten;
    this.#deniedUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Remembers that the last key was denied: only forgetting it could end that earlier, or what calls `clear`. */
  deny(cost: number, untilMs: number): void {
    this.#deniedCost = cost;
    this.#deniedUntilMs = untilMs;
  }

  clear(): void {
    this.#slot = NONE;
  }
}
