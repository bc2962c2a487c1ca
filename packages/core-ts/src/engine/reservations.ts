import type { Rule } from '../algorithms/compiled-policy.js';
import type { State } from '../algorithms/state.js';
import type { Units } from '../contract.js';
import { unitsOf } from './units.js';

/** Where in one policy's state a taking stands, as its algorithm reads it. */
export interface Mark {
  /** When the window started that it was taken in. */
  readonly startMs: number;
  /** The sub-window that it was taken in. */
  readonly sub: number;
  /** Token bucket: the least that was owed from this taking to the next one in the list. */
  low: number;
}

/** Units that were taken and may be given back: kept with their entry and forgotten with it. */
interface Reservation {
  readonly number: number;
  /** One per policy. */
  readonly marks: Mark[];
}

/** The most reservations of one key that are open at one time: with one more, the oldest falls out. */
export const MOST_OPEN_OF_KEY = 1024;

/**
 * What is reserved of one entry, in the order in which it was taken, which is the order of the numbers.
 *
 * Reads side by side with `core-native/src/reservations.rs`.
 */
export class Reservations {
  readonly #list: Reservation[] = [];

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  get numbers(): readonly number[] {
    return this.#list.map(({ number }) => number);
  }

  /** Notes what has just been taken. Answers which one falls out for it, if one does. */
  open(number: number, rules: readonly Rule[], states: readonly State[]): number | undefined {
    this.#list.push({ number, marks: rules.map(({ calls, terms }, i) => calls.mark(states[i] as State, terms)) });
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
  beforeTaking(units: Units, rules: readonly Rule[], states: readonly State[], nowMs: number): void {
    const newest = this.#list.at(-1);
    if (newest === undefined) return;
    for (let i = 0; i < rules.length; i++) {
      const { calls, terms } = rules[i] as Rule;
      const state = states[i] as State;
      const owed = calls.owed?.(state, terms, nowMs);
      if (owed !== undefined) lower(newest.marks[i] as Mark, owed);
      if (!calls.hasRoomFor(state, terms, unitsOf(units, i), nowMs))
        for (const { marks } of this.#list) marks[i] = spent();
    }
  }

  /** Gives units back that were taken, as far as they still count, and forgets them. O(those that are newer). */
  settle(number: number, units: Units, rules: readonly Rule[], states: readonly State[], nowMs: number): void {
    const index = this.#find(number);
    if (index < 0) return; // its entry was forgotten since, or it fell out
    const { marks } = this.#list[index] as Reservation;
    for (let i = 0; i < rules.length; i++) {
      const own = unitsOf(units, i);
      if (own === 0) continue;
      const { calls, terms } = rules[i] as Rule;
      const mark = marks[i] as Mark;
      const since = calls.owed === undefined ? [] : this.#list.slice(index).map((each) => each.marks[i] as Mark);
      const low = since.map((each) => each.low).reduce((a, b) => Math.min(a, b), mark.low);
      const given = calls.refund(states[i] as State, terms, { ...mark, low }, own, nowMs);
      // What is given back was owed at no time since.
      if (given > 0) for (const each of since) each.low -= given;
    }
    this.#drop(index);
  }

  /** Goes over to other policies; the states are changed after this. */
  change(from: readonly Rule[], to: readonly Rule[], states: readonly State[], nowMs: number): void {
    for (const { marks } of this.#list) {
      marks.forEach((mark, i) => {
        const { calls, terms } = from[i] as Rule;
        marks[i] = calls.changeMark(states[i] as State, terms, (to[i] as Rule).terms, mark, nowMs);
      });
    }
  }

  #find(number: number): number {
    let [from, to] = [0, this.#list.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#list[middle] as Reservation).number < number) from = middle + 1;
      else to = middle;
    }
    return this.#list[from]?.number === number ? from : -1;
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
  return { startMs: Number.POSITIVE_INFINITY, sub: -1, low: 0 };
}

function lower(mark: Mark, low: number): void {
  if (low < mark.low) mark.low = low;
}
