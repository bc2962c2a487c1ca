import { Entry } from './entry.js';

/** From 0, for keys that have used least of their limit, to the one that is never evicted. */
export const PROTECTED_RANK = 7;
const RANKS = PROTECTED_RANK + 1;
/** A wheel of so many slots goes round in two to four of the longest spans. */
const SLOTS = 32;
/** A list's number without these bits is its rank. */
export const RANK_SHIFT = 5;

/**
 * Which entry is looked at next: first those whose time has come, then those that have used least.
 *
 * An entry is in one list, by its rank and by the slot of time in which it is due: when it expires or, if it
 * is protected, when it no longer is. The slots are a hashed timing wheel (Varghese and Lauck 1987): when one
 * has passed, its entries are handed out to be looked at again, a few per call. Everything is O(1).
 *
 * Reads side by side with `core-native/src/order.rs`.
 */
export class EvictionOrder {
  /** A power of two, from a sixteenth to an eighth of the longest span. */
  readonly grainMs: number;
  readonly #originMs: number;
  readonly #lists: (Entry | undefined)[] = new Array<Entry | undefined>(RANKS * SLOTS).fill(undefined);
  /** For each rank a bit per slot whose list may have entries. */
  readonly #slotBits = new Int32Array(RANKS);
  #passed = new Entry('', 1);
  /** The slot that time is in: all before it have been handed over to `#passed`. */
  #slot = 0;

  constructor(spanMs: number, originMs: number) {
    this.grainMs = 2 ** Math.ceil(Math.log2(Math.max(1, spanMs / 16)));
    this.#originMs = originMs;
  }

  /** The list for a rank and the time at which to look again. */
  listOf(rank: number, dueMs: number): number {
    return rank * SLOTS + (Math.floor((dueMs - this.#originMs) / this.grainMs) % SLOTS);
  }

  /** Puts an entry at the end of a list, out of the one that it is in. */
  place(entry: Entry, list: number): void {
    unlink(entry);
    entry.list = list;
    const head = this.#head(list);
    linkBefore(head, entry);
    this.#slotBits[list >>> RANK_SHIFT] = (this.#slotBits[list >>> RANK_SHIFT] as number) | (1 << (list & 31));
  }

  remove(entry: Entry): void {
    unlink(entry);
  }

  /** All entries, from the one that is looked at first to the one that is evicted last. */
  all(): Entry[] {
    const entries = circle(this.#passed);
    for (let rank = 0; rank < RANKS; rank++) {
      for (let i = 0; i < SLOTS; i++) {
        const head = this.#lists[rank * SLOTS + ((this.#slot + i) % SLOTS)];
        if (head !== undefined) for (const entry of circle(head)) entries.push(entry);
      }
    }
    return entries;
  }

  /** Moves on to `nowMs`, and answers until when there is nothing to look at again. */
  passSlots(nowMs: number): number {
    const slot = Math.floor((nowMs - this.#originMs) / this.grainMs);
    for (let past = Math.max(this.#slot, slot - SLOTS); past < slot; past++) this.#pass(past % SLOTS);
    this.#slot = slot;
    return this.#passed.next === this.#passed ? this.#originMs + (slot + 1) * this.grainMs : nowMs;
  }

  /** The next entry whose slot has passed, taken out of the order. */
  takePassed(): Entry | undefined {
    const entry = this.#passed.next;
    if (entry === this.#passed) return undefined;
    unlink(entry);
    return entry;
  }

  /** The entry that has used least, the earliest due among its rank; none where all are protected. */
  leastUsed(): Entry | undefined {
    for (let rank = 0; rank < PROTECTED_RANK; rank++) {
      const slot = this.#firstSlot(rank);
      if (slot !== undefined) return this.#lists[rank * SLOTS + ((this.#slot + slot) % SLOTS)]?.next;
    }
    return undefined;
  }

  /** When the first protected entry is looked at again. */
  firstProtectedDueMs(): number {
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
      const head = this.#lists[rank * SLOTS + ((now + slot) % SLOTS)];
      if (head !== undefined && head.next !== head) return slot;
      this.#slotBits[rank] = bits & ~(1 << ((now + slot) % SLOTS)); // emptied since: paid by the one that came in
    }
  }

  #pass(slot: number): void {
    for (let rank = 0; rank < RANKS; rank++) {
      const head = this.#lists[rank * SLOTS + slot];
      if (head !== undefined && head.next !== head) spliceBefore(this.#passed, head);
    }
  }

  #head(list: number): Entry {
    const head = this.#lists[list];
    if (head !== undefined) return head;
    const added = new Entry('', 1);
    this.#lists[list] = added;
    return added;
  }
}

function circle(head: Entry): Entry[] {
  const entries: Entry[] = [];
  for (let entry = head.next; entry !== head; entry = entry.next) entries.push(entry);
  return entries;
}

function unlink(entry: Entry): void {
  entry.previous.next = entry.next;
  entry.next.previous = entry.previous;
  entry.next = entry;
  entry.previous = entry;
}

function linkBefore(head: Entry, entry: Entry): void {
  const last = head.previous;
  entry.previous = last;
  entry.next = head;
  last.next = entry;
  head.previous = entry;
}

/** Moves all of one circle, but its head, to the end of another. */
function spliceBefore(head: Entry, from: Entry): void {
  const last = head.previous;
  last.next = from.next;
  from.next.previous = last;
  from.previous.next = head;
  head.previous = from.previous;
  from.next = from;
  from.previous = from;
}
