import type { CompiledPolicy } from '../algorithms/compiled-policy.js';
import type { Mark } from '../algorithms/mark.js';
import type { Words } from '../algorithms/state.js';
import type { Units } from '../contract.js';
import { unitsOf } from '../units.js';

/** Units that were taken and may be given back: kept with their entry and forgotten with it. */
interface OpenReservation {
  readonly number: number;
  /** One per policy. */
  readonly marks: Mark[];
}

/** The most reservations of one key that are open at one time: with one more, the oldest falls out. */
export const MOST_OPEN_OF_KEY = 1024;

/**
 * What is reserved of one entry, in the order in which it was taken, which is the order of the numbers.
 *
 * Reads side by side with `core-native/src/engine/reservations.rs`.
 */
export class Reservations {
  readonly #list: OpenReservation[] = [];

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  get numbers(): readonly number[] {
    return this.#list.map(({ number }) => number);
  }

  /** Notes what has just been taken. Answers which one falls out for it, if one does. */
  open(number: number, policies: readonly CompiledPolicy[], words: Words, at: number): number | undefined {
    this.#list.push({ number, marks: policies.map(({ algorithm, offset }) => algorithm.mark(words, at + offset)) });
    return this.#list.length > MOST_OPEN_OF_KEY ? this.dropOldest() : undefined;
  }

  /** Lets the oldest one fall out: what it took counts as used. Answers its number. */
  dropOldest(): number | undefined {
    return this.#list.shift()?.number;
  }

  /**
   * Before more is taken: tells the newest one how little was owed meanwhile. Where not all of it will be counted,
   * nothing comes back of any: without what they took, more of this would have been counted.
   */
  beforeTaking(units: Units, policies: readonly CompiledPolicy[], words: Words, at: number, nowMs: number): void {
    const newest = this.#list.at(-1);
    if (newest === undefined) return;
    policies.forEach(({ algorithm, terms, offset }, i) => {
      const owed = algorithm.owed?.(words, at + offset, terms, nowMs);
      if (owed !== undefined) lower(newest.marks[i] as Mark, owed);
      if (!algorithm.hasRoomFor(words, at + offset, terms, unitsOf(units, i), nowMs))
        for (const { marks } of this.#list) marks[i] = spent();
    });
  }

  /** Gives units back that were taken, as far as they still count, and forgets them. O(those that are newer). */
  settle(
    number: number,
    units: Units,
    policies: readonly CompiledPolicy[],
    words: Words,
    at: number,
    nowMs: number,
  ): void {
    const index = this.#find(number);
    if (index < 0) return; // its entry was forgotten since, or it fell out
    const { marks } = this.#list[index] as OpenReservation;
    for (let i = 0; i < policies.length; i++) {
      const own = unitsOf(units, i);
      if (own === 0) continue;
      const { algorithm, terms, offset } = policies[i] as CompiledPolicy;
      const mark = marks[i] as Mark;
      const since = algorithm.owed === undefined ? [] : this.#list.slice(index).map((each) => each.marks[i] as Mark);
      const low = since.map((each) => each.low).reduce((a, b) => Math.min(a, b), mark.low);
      const given = algorithm.refund(words, at + offset, terms, { ...mark, low }, own, nowMs);
      // What is given back was owed at no time since.
      if (given > 0) for (const each of since) each.low -= given;
    }
    this.#drop(index);
  }

  #find(number: number): number {
    let [from, to] = [0, this.#list.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#list[middle] as OpenReservation).number < number) from = middle + 1;
      else to = middle;
    }
    return this.#list[from]?.number === number ? from : -1;
  }

  /** Goes over to other policies; the states are changed after this. */
  change(
    from: readonly CompiledPolicy[],
    to: readonly CompiledPolicy[],
    words: Words,
    at: number,
    nowMs: number,
  ): void {
    for (const { marks } of this.#list) {
      marks.forEach((mark, i) => {
        const { algorithm, terms, offset } = from[i] as CompiledPolicy;
        marks[i] = algorithm.changeMark(words, at + offset, terms, (to[i] as CompiledPolicy).terms, mark, nowMs);
      });
    }
  }

  /** What was owed meanwhile is known to the one before it. */
  #drop(index: number): void {
    const before = this.#list[index - 1];
    const [dropped] = this.#list.splice(index, 1);
    if (before === undefined || dropped === undefined) return;
    for (let i = 0; i < dropped.marks.length; i++) lower(before.marks[i] as Mark, (dropped.marks[i] as Mark).low);
  }
}

/** A mark in a window that no state has. */
function spent(): Mark {
  return { startMs: Number.POSITIVE_INFINITY, subWindow: -1, low: 0 };
}

function lower(mark: Mark, low: number): void {
  if (low < mark.low) mark.low = low;
}
