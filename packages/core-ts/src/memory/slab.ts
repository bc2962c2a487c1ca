import type { Words } from '../algorithms/state.js';

/** No slot. */
export const NONE = -1;

const LEAST_SLOTS = 16;

/** Before the states of an entry stand its links: four numbers of 32 bits in the place of two words. */
export const LINK_WORDS = 2;
const NEXT = 0;
const PREVIOUS = 1;
const LIST = 2;
const MARKS = 3;

/**
 * Entries in slots of words of one array: the links of an entry and the states of all its policies stand side by side.
 * A slot is a number, and what is forgotten leaves its slot to who comes next. Growing copies the array, which takes
 * less time than V8's `Map` takes to grow beside it.
 *
 * Links are slots, or the heads of lists as negative numbers: those are in `EvictionOrder`.
 */
export class Slab {
  /** All slots, one after the other. Another array after the next `add`. */
  words: Words;
  /** By slot, the name that the key is held by. */
  readonly #names: string[] = [];
  /** Words of a slot. */
  readonly #stride: number;
  /** The same memory as numbers of 32 bits. */
  #links: Int32Array;
  /** The first free one; the others follow by their links. */
  #free = NONE;

  constructor(stateWords: number) {
    this.#stride = LINK_WORDS + stateWords;
    this.words = new Float64Array(LEAST_SLOTS * this.#stride);
    this.#links = new Int32Array(this.words.buffer);
  }

  /** A slot whose states are all zero, in no list. */
  add(name: string): number {
    const free = this.#free;
    if (free !== NONE) {
      this.#free = this.next(free);
      this.#names[free] = name;
      return free;
    }
    const slot = this.#names.push(name) - 1;
    if ((slot + 1) * this.#stride > this.words.length) this.#grow();
    return slot;
  }

  #grow(): void {
    const words = new Float64Array(2 * this.words.length);
    words.set(this.words);
    this.words = words;
    this.#links = new Int32Array(words.buffer);
  }

  /** Frees a slot that is in no list. */
  remove(slot: number): void {
    const end = (slot + 1) * this.#stride;
    for (let at = slot * this.#stride; at < end; at++) this.words[at] = 0;
    this.#names[slot] = '';
    this.setNext(slot, this.#free);
    this.#free = slot;
  }

  /** Gives memory back where no slot is in use. */
  clear(): void {
    if (this.#names.length <= LEAST_SLOTS) return;
    this.#names.length = 0;
    this.words = new Float64Array(LEAST_SLOTS * this.#stride);
    this.#links = new Int32Array(this.words.buffer);
    this.#free = NONE;
  }

  nameOf(slot: number): string {
    return this.#names[slot] as string;
  }

  /** The word where the states of a slot begin. */
  at(slot: number): number {
    return slot * this.#stride + LINK_WORDS;
  }

  list(slot: number): number {
    return this.#links[2 * slot * this.#stride + LIST] as number;
  }

  setList(slot: number, list: number): void {
    this.#links[2 * slot * this.#stride + LIST] = list;
  }

  /** What an entry has beside its states, as bits. */
  marks(slot: number): number {
    return this.#links[2 * slot * this.#stride + MARKS] as number;
  }

  setMarks(slot: number, marks: number): void {
    this.#links[2 * slot * this.#stride + MARKS] = marks;
  }

  next(slot: number): number {
    return this.#links[2 * slot * this.#stride + NEXT] as number;
  }

  setNext(slot: number, next: number): void {
    this.#links[2 * slot * this.#stride + NEXT] = next;
  }

  previous(slot: number): number {
    return this.#links[2 * slot * this.#stride + PREVIOUS] as number;
  }

  setPrevious(slot: number, previous: number): void {
    this.#links[2 * slot * this.#stride + PREVIOUS] = previous;
  }
}
