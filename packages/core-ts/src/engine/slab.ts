import type { Words } from '../algorithms/state.js';

/** No slot. */
export const NONE = -1;

/** So many slots make a block: growing by one more copies nothing, so no call waits for it. */
const BLOCK_SHIFT = 12;
const BLOCK_SLOTS = 1 << BLOCK_SHIFT;
const IN_BLOCK = BLOCK_SLOTS - 1;
/** The first block begins with so many, and doubles. */
const LEAST_SLOTS = 16;

/** Before the states of an entry stand its links: four numbers of 32 bits in the place of two words. */
const LINK_WORDS = 2;
const [NEXT, PREVIOUS, LIST, MARKS] = [0, 1, 2, 3] as const;

/**
 * Entries in slots of words, block by block: the links of an entry and the states of all its policies stand side by side.
 * A slot is a number, and what is forgotten leaves its slot to who comes next.
 *
 * Links are slots, or the heads of lists as negative numbers: those are in {@link EvictionOrder}.
 */
export class Slab {
  readonly #stride: number;
  readonly #words: Words[] = [];
  /** The same memory as numbers of 32 bits. */
  readonly #links: Int32Array[] = [];
  readonly #names: string[][] = [];
  /** Slots that were handed out once. */
  #end = 0;
  /** How many slots there is memory for. */
  #capacity = 0;
  /** The first free one; the others follow by their links. */
  #free = NONE;

  constructor(stateWords: number) {
    this.#stride = LINK_WORDS + stateWords;
  }

  /** A slot whose states are all zero, in no list. */
  add(name: string): number {
    let slot = this.#free;
    if (slot === NONE) {
      slot = this.#end++;
      if (slot >= this.#capacity) this.#grow();
    } else {
      this.#free = this.next(slot);
    }
    (this.#names[slot >>> BLOCK_SHIFT] as string[])[slot & IN_BLOCK] = name;
    return slot;
  }

  /** Frees a slot that is in no list. */
  remove(slot: number): void {
    const at = this.at(slot);
    this.words(slot).fill(0, at - LINK_WORDS, at - LINK_WORDS + this.#stride);
    (this.#names[slot >>> BLOCK_SHIFT] as string[])[slot & IN_BLOCK] = '';
    this.setNext(slot, this.#free);
    this.#free = slot;
  }

  /** Gives back the memory of all blocks but the first, where no slot is in use. */
  clear(): void {
    if (this.#words.length <= 1) return;
    for (const blocks of [this.#words, this.#links, this.#names]) blocks.length = 1;
    (this.#words[0] as Words).fill(0);
    [this.#end, this.#capacity, this.#free] = [0, BLOCK_SLOTS, NONE];
  }

  /** The name that the key is held by. */
  nameOf(slot: number): string {
    return (this.#names[slot >>> BLOCK_SHIFT] as string[])[slot & IN_BLOCK] as string;
  }

  /** The words of the block that a slot is in. They are others after the next `add`. */
  words(slot: number): Words {
    return this.#words[slot >>> BLOCK_SHIFT] as Words;
  }

  /** Where in them the states of a slot begin. */
  at(slot: number): number {
    return (slot & IN_BLOCK) * this.#stride + LINK_WORDS;
  }

  list(slot: number): number {
    return this.#get(slot, LIST);
  }

  setList(slot: number, list: number): void {
    this.#set(slot, LIST, list);
  }

  /** What an entry has beside its states, as bits. */
  marks(slot: number): number {
    return this.#get(slot, MARKS);
  }

  setMarks(slot: number, marks: number): void {
    this.#set(slot, MARKS, marks);
  }

  next(slot: number): number {
    return this.#get(slot, NEXT);
  }

  setNext(slot: number, next: number): void {
    this.#set(slot, NEXT, next);
  }

  previous(slot: number): number {
    return this.#get(slot, PREVIOUS);
  }

  setPrevious(slot: number, previous: number): void {
    this.#set(slot, PREVIOUS, previous);
  }

  #get(slot: number, link: number): number {
    const links = this.#links[slot >>> BLOCK_SHIFT] as Int32Array;
    return links[(slot & IN_BLOCK) * this.#stride * 2 + link] as number;
  }

  #set(slot: number, link: number, value: number): void {
    const links = this.#links[slot >>> BLOCK_SHIFT] as Int32Array;
    links[(slot & IN_BLOCK) * this.#stride * 2 + link] = value;
  }

  /** Doubles the first block until it is whole, and adds one from then on. */
  #grow(): void {
    const slots = this.#capacity < BLOCK_SLOTS ? Math.max(LEAST_SLOTS, 2 * this.#capacity) : BLOCK_SLOTS;
    const words = new Float64Array(slots * this.#stride);
    const [first] = this.#words;
    const isFirst = this.#capacity < BLOCK_SLOTS;
    if (isFirst && first !== undefined) words.set(first);
    const block = isFirst ? 0 : this.#words.length;
    this.#words[block] = words;
    this.#links[block] = new Int32Array(words.buffer);
    this.#names[block] ??= [];
    this.#capacity += isFirst ? slots - this.#capacity : slots;
  }
}
