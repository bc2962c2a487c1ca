import type { Units } from '../contract.js';
import type { Slab } from '../memory/slab.js';
import type { PolicySet } from './policy-set.js';
import { MOST_OPEN_OF_KEY, Reservations } from './reservations.js';

/** The most reservations of one limiter that are open at one time: with one more, the oldest falls out. */
const MOST_OPEN = 64 * MOST_OPEN_OF_KEY;

/** What was reserved of all entries and is not settled: by entry, since few have any, and by numbers that count up. */
export class OpenReservations {
  readonly #bySlot = new Map<number, Reservations>();
  readonly #slots = new Map<number, number>();
  #last = 0;
  /** None that is open has a lower number. */
  #oldest = 1;

  of(slot: number): Reservations | undefined {
    return this.#bySlot.get(slot);
  }

  /** Notes what was taken of an entry just now, and answers the number to settle it by. O(1) for each that was ever opened. */
  open(slot: number, slab: Slab, policySet: PolicySet): number {
    const number = ++this.#last;
    const reservations = this.#bySlot.get(slot) ?? new Reservations();
    this.#bySlot.set(slot, reservations);
    this.#slots.set(number, slot);
    const fallen = reservations.open(number, policySet.policies, slab.words, slab.at(slot));
    if (fallen !== undefined) this.#slots.delete(fallen);
    if (this.#slots.size > MOST_OPEN) this.#dropOldest();
    return number;
  }

  #dropOldest(): void {
    while (!this.#slots.has(this.#oldest)) this.#oldest++;
    const slot = this.#slots.get(this.#oldest) as number;
    this.#slots.delete(this.#oldest);
    this.#bySlot.get(slot)?.dropOldest();
    this.#closeIfEmpty(slot);
  }

  /** Forgets one, and gives back so many of its units as far as they still count. */
  settle(slot: number, number: number, units: Units, slab: Slab, policySet: PolicySet, nowMs: number): void {
    const { policies } = policySet;
    this.#bySlot.get(slot)?.settle(number, units, policies, slab.words, slab.at(slot), nowMs);
    this.#slots.delete(number);
    this.#closeIfEmpty(slot);
  }

  #closeIfEmpty(slot: number): void {
    if (this.#bySlot.get(slot)?.isEmpty) this.#bySlot.delete(slot);
  }

  /** Forgets those of one entry. */
  forget(slot: number): void {
    for (const number of this.#bySlot.get(slot)?.numbers ?? []) this.#slots.delete(number);
    this.#bySlot.delete(slot);
  }

  /** Forgets all; the numbers count on. Answers them by slot. */
  take(): ReadonlyMap<number, Reservations> {
    const all = new Map(this.#bySlot);
    this.#bySlot.clear();
    this.#slots.clear();
    this.#oldest = this.#last + 1;
    return all;
  }

  /** Takes in those of an entry, which has this slot from now on. */
  put(slot: number, reservations: Reservations): void {
    this.#bySlot.set(slot, reservations);
    for (const number of reservations.numbers) {
      this.#slots.set(number, slot);
      this.#oldest = Math.min(this.#oldest, number);
    }
  }
}
