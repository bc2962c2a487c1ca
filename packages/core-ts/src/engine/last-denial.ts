import { isNameOf } from '../memory/fold.js';
import { NONE } from '../memory/slab.js';
import type { Entries } from './entries.js';

/**
 * The key that was denied last, and until when it is at that cost: whoever hammers on one key is answered without a
 * look-up. Only forgetting an entry could end a denial before its time, or what calls `clear`.
 */
export class LastDenial {
  #slot = NONE;
  #forgotten = 0;
  #cost = 0;
  untilMs = Number.NEGATIVE_INFINITY;

  /** Whether it is known that the key is denied, until `untilMs`. */
  holds(key: string, cost: number, { slab, forgotten }: Entries): boolean {
    return cost === this.#cost && this.#forgotten === forgotten && isNameOf(key, slab.nameOf(this.#slot));
  }

  note(slot: number, cost: number, untilMs: number, { forgotten }: Entries): void {
    this.#slot = slot;
    this.#cost = cost;
    this.untilMs = untilMs;
    this.#forgotten = forgotten;
  }

  clear(): void {
    this.untilMs = Number.NEGATIVE_INFINITY;
  }
}
