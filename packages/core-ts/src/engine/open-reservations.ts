import type { Entry } from './entry.js';
import { MOST_OPEN_OF_KEY } from './reservations.js';

/** The most reservations of one limiter that are open at one time: with one more, the oldest falls out. */
const MOST_OPEN = 64 * MOST_OPEN_OF_KEY;

/** What is open of all entries, by numbers that count up. */
export class OpenReservations {
  readonly #entries = new Map<number, Entry>();
  #last = 0;
  /** None that is open has a lower number. */
  #oldest = 1;

  /** The number of a new one. */
  open(entry: Entry): number {
    this.#entries.set(++this.#last, entry);
    return this.#last;
  }

  close(number: number): void {
    this.#entries.delete(number);
  }

  /** The entry of the oldest one, which is closed, where one too many is open. O(1) for each that was ever opened. */
  closeSurplus(): Entry | undefined {
    if (this.#entries.size <= MOST_OPEN) return undefined;
    while (!this.#entries.has(this.#oldest)) this.#oldest++;
    const entry = this.#entries.get(this.#oldest);
    this.#entries.delete(this.#oldest);
    return entry;
  }

  /** Forgets all; the numbers count on. */
  clear(): void {
    this.#entries.clear();
    this.#oldest = this.#last + 1;
  }
}
