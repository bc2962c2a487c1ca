import { Entry } from './entry.js';

/** From 0, for keys that have used least of their limit, to the one that is never evicted. */
export const PROTECTED_RANK = 7;
const RANKS = PROTECTED_RANK + 1;
/** A wheel of so many slots goes round in two to four of the longest spans. */
const SLOTS = 32;
/** A list's number without these bits is its rank. */
export const RANK_SHIFT = 5;

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
 * Reads side by side with `core-native/src/order.rs`.
 */
export class EvictionOrder {
  /** A power of two, from a sixteenth to an eighth of the longest span. */
  readonly grainMs: number;
  readonly #originMs: number;
  readonly #lists: (Entry | undefined)[] = new Array<Entry | undefined>(RANKS * SLOTS).fill(undefined);
  /** For each rank a bit per slot whose list may have entries. */
  readonly #slotBits = new Int32Array(RANKS);
  /** Those without protection whose slot has passed. */
  readonly #expired = new Entry('', 1);
  /** The protected ones. */
  readonly #passed = new Entry('', 1);
  /** The slot that time is in: all before it have been handed over. */
  #slot = 0;

  constructor(spanMs: number, originMs: number) {
    this.grainMs = 2 ** Math.ceil(Math.log2(Math.max(1, spanMs / 16)));
    this.#originMs = originMs;
  }

  /** The list for a rank and the time at which to look again. */
  listOf(rank: number, dueMs: number): number {
    const turns = (dueMs - this.#originMs) / (this.grainMs * SLOTS); // exact: divided by a power of two
    return rank * SLOTS + (((turns - Math.floor(turns)) * SLOTS) | 0); // `%` of what is no small integer is slow
  }

  /** When the slot of a list begins, for those that are not protected. */
  startMs(list: number): number {
    return this.#originMs + (this.#slot + ((list - this.#slot) & (SLOTS - 1))) * this.grainMs;
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
    const entries = [...circle(this.#expired), ...circle(this.#passed)];
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
    return this.#next() === undefined ? this.#originMs + (slot + 1) * this.grainMs : nowMs;
  }

  /** The next entry whose slot has passed, taken out of the order. */
  takePassed(): Entry | undefined {
    const entry = this.#next();
    if (entry !== undefined) unlink(entry);
    return entry;
  }

  #next(): Entry | undefined {
    if (this.#expired.next !== this.#expired) return this.#expired.next;
    return this.#passed.next === this.#passed ? undefined : this.#passed.next;
  }

  /** The entry of a rank that is due first, by its slot. */
  first(rank: number): Entry | undefined {
    const slot = this.#firstSlot(rank);
    return slot === undefined ? undefined : this.#lists[rank * SLOTS + ((this.#slot + slot) % SLOTS)]?.next;
  }

  /** The first of the lowest rank; none where all are protected. */
  leastUsed(): Entry | undefined {
    for (let rank = 0; rank < PROTECTED_RANK; rank++) {
      const entry = this.first(rank);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** When the first protected entry is looked at again: at the next call, where one waits for that. */
  firstProtectedDueMs(): number {
    if (this.#next() !== undefined) return this.#originMs + this.#slot * this.grainMs;
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
      if (head === undefined || head.next === head) continue;
      spliceBefore(rank === PROTECTED_RANK ? this.#passed : this.#expired, head);
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
