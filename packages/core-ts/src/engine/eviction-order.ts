import { NONE, type Slab } from '../memory/slab.js';

/** From 0, for keys that have used least of their limit, to the one that is never evicted. */
export const PROTECTED_RANK = 7;
const RANKS = PROTECTED_RANK + 1;
/** A wheel of so many slots of time goes round in two to four of the longest spans. */
const SLOTS = 32;
/** A list's number without these bits is its rank. */
export const RANK_SHIFT = 5;
const LISTS = RANKS * SLOTS;
/** The circle of those without protection whose slot of time has passed. */
const EXPIRED = LISTS;
/** And of the protected ones. */
const PASSED = LISTS + 1;

/**
 * Which entry is looked at next: first those that have expired, then those that may be protected no longer, then
 * those that have used least.
 *
 * An entry is in one list, by its rank and by the slot of time in which it is due: when it expires or, if it
 * is protected, when it no longer is. The slots are a hashed timing wheel (Varghese and Lauck 1987): when one
 * has passed, its entries are handed out to be looked at again, a few per call. Everything is O(1).
 *
 * The wheel goes round in more than the longest span, and whatever moves an entry's time places it anew. So one
 * that is not protected has expired when its slot has passed. A protected one may be live or still protected then:
 * those are handed out apart, so that none of them stands before one that has expired.
 *
 * The lists are circles through the entries' links, each with a head: list `n` is the link `~n`, which no slot is.
 *
 * Reads side by side with `core-native/src/engine/eviction_order.rs`.
 */
export class EvictionOrder {
  /** A power of two, from a sixteenth to an eighth of the longest span. */
  readonly grainMs: number;
  readonly #originMs: number;
  readonly #slab: Slab;
  /** The next and the previous entry of each head. */
  readonly #heads: Int32Array;
  /** For each rank a bit per slot whose list may have entries. */
  readonly #slotBits = new Int32Array(RANKS);
  /** The slot that time is in: all before it have been handed over. */
  #slot = 0;

  constructor(spanMs: number, originMs: number, slab: Slab) {
    this.grainMs = 2 ** Math.ceil(Math.log2(Math.max(1, spanMs / 16)));
    this.#originMs = originMs;
    this.#slab = slab;
    this.#heads = Int32Array.from({ length: 2 * (PASSED + 1) }, (_, i) => ~(i >> 1));
  }

  /** The list for a rank and for when to look again: reckoned from the origin, since that time may lie beyond 2^53. */
  listOf(rank: number, nowMs: number, afterMs: number): number {
    const turns = (nowMs - this.#originMs + afterMs) / (this.grainMs * SLOTS); // exact: divided by a power of two
    return rank * SLOTS + (((turns - Math.floor(turns)) * SLOTS) | 0); // `%` of what is no small integer is slow
  }

  /** When the slot of a list begins, for those that are not protected. */
  startMs(list: number): number {
    return this.#originMs + (this.#slot + ((list - this.#slot) & (SLOTS - 1))) * this.grainMs;
  }

  /** Puts an entry that is in no list at the end of one. */
  append(slot: number, list: number): void {
    this.#slab.setList(slot, list);
    this.#linkBefore(~list, slot);
    const rank = list >>> RANK_SHIFT;
    this.#slotBits[rank] = (this.#slotBits[rank] as number) | (1 << (list & (SLOTS - 1)));
  }

  /** Takes an entry out of its list. */
  remove(slot: number): void {
    const next = this.#slab.next(slot);
    const previous = this.#slab.previous(slot);
    this.#setNext(previous, next);
    this.#setPrevious(next, previous);
  }

  /** All entries, from the one that is looked at first to the one that is evicted last. */
  all(): number[] {
    const slots: number[] = [];
    const walk = (list: number) => {
      for (let slot = this.#next(~list); slot >= 0; slot = this.#next(slot)) slots.push(slot);
    };
    walk(EXPIRED);
    walk(PASSED);
    for (let rank = 0; rank < RANKS; rank++)
      for (let i = 0; i < SLOTS; i++) walk(rank * SLOTS + ((this.#slot + i) % SLOTS));
    return slots;
  }

  /** Moves on to `nowMs`, and answers until when there is nothing to look at again. */
  passSlots(nowMs: number): number {
    const slot = Math.floor((nowMs - this.#originMs) / this.grainMs);
    for (let past = Math.max(this.#slot, slot - SLOTS); past < slot; past++) this.#pass(past % SLOTS);
    this.#slot = slot;
    return this.#firstPassed() === NONE ? this.#originMs + (slot + 1) * this.grainMs : nowMs;
  }

  /** The next entry whose slot has passed, taken out of the order; `NONE` where there is none. */
  takePassed(): number {
    const slot = this.#firstPassed();
    if (slot !== NONE) this.remove(slot);
    return slot;
  }

  #firstPassed(): number {
    const expired = this.#next(~EXPIRED);
    if (expired >= 0) return expired;
    const passed = this.#next(~PASSED);
    return passed >= 0 ? passed : NONE;
  }

  /** The entry of a rank that is due first, by its slot of time; `NONE` where there is none. */
  first(rank: number): number {
    const slot = this.#firstSlot(rank);
    return slot === undefined ? NONE : this.#next(~(rank * SLOTS + ((this.#slot + slot) % SLOTS)));
  }

  /** The first of the lowest rank; `NONE` where all are protected. */
  leastUsed(): number {
    for (let rank = 0; rank < PROTECTED_RANK; rank++) {
      const slot = this.first(rank);
      if (slot !== NONE) return slot;
    }
    return NONE;
  }

  /** When the first protected entry is looked at again: at the next call, where one waits for that. */
  firstProtectedDueMs(): number {
    if (this.#firstPassed() !== NONE) return this.#originMs + this.#slot * this.grainMs;
    return this.#originMs + (this.#slot + (this.#firstSlot(PROTECTED_RANK) ?? 0) + 1) * this.grainMs;
  }

  /** How many slots from now the first list of a rank is that has entries. */
  #firstSlot(rank: number): number | undefined {
    const now = this.#slot % SLOTS;
    for (;;) {
      const bits = this.#slotBits[rank] as number;
      if (bits === 0) return undefined;
      const fromNow = (bits >>> now) | (bits << (SLOTS - now));
      const slot = 31 - Math.clz32(fromNow & -fromNow);
      if (this.#next(~(rank * SLOTS + ((now + slot) % SLOTS))) >= 0) return slot;
      this.#slotBits[rank] = bits & ~(1 << ((now + slot) % SLOTS)); // emptied since: paid by the one that came in
    }
  }

  #pass(slot: number): void {
    for (let rank = 0; rank < RANKS; rank++)
      this.#spliceBefore(~(rank === PROTECTED_RANK ? PASSED : EXPIRED), ~(rank * SLOTS + slot));
  }

  #linkBefore(head: number, slot: number): void {
    const last = this.#previous(head);
    this.#slab.setPrevious(slot, last);
    this.#slab.setNext(slot, head);
    this.#setNext(last, slot);
    this.#setPrevious(head, slot);
  }

  /** Moves all of one circle, but its head, to the end of another. */
  #spliceBefore(head: number, from: number): void {
    const first = this.#next(from);
    const end = this.#previous(from);
    if (first === from) return;
    const last = this.#previous(head);
    this.#setNext(last, first);
    this.#setPrevious(first, last);
    this.#setNext(end, head);
    this.#setPrevious(head, end);
    this.#setNext(from, from);
    this.#setPrevious(from, from);
  }

  #next(link: number): number {
    return link >= 0 ? this.#slab.next(link) : (this.#heads[2 * ~link] as number);
  }

  #previous(link: number): number {
    return link >= 0 ? this.#slab.previous(link) : (this.#heads[2 * ~link + 1] as number);
  }

  #setNext(link: number, next: number): void {
    if (link >= 0) this.#slab.setNext(link, next);
    else this.#heads[2 * ~link] = next;
  }

  #setPrevious(link: number, previous: number): void {
    if (link >= 0) this.#slab.setPrevious(link, previous);
    else this.#heads[2 * ~link + 1] = previous;
  }
}
