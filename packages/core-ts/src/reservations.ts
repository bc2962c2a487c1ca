import { changeMark, type Rule } from './algorithms/rule.js';
import type { State } from './algorithms/state.js';

/** Where in one policy's state a taking stands, as its algorithm reads it. */
export interface Mark {
  /** When the window started that it was taken in. */
  readonly startMs: number;
  /** The sub-window that it was taken in. */
  readonly sub: number;
  /** Token bucket: the least that was owed from this taking to the next one in the list, in ticks. */
  readonly low: number | bigint;
}

/** Units that were taken and may be given back: kept with their entry and forgotten with it. */
export interface Reservation {
  readonly number: number;
  /** One per policy. */
  readonly marks: Mark[];
}

/** Beyond so many the list is looked through for those that nothing can be given back of. */
const LEAST_TO_PRUNE = 64;

/** What is reserved of one entry, in the order in which it was taken. */
export class Reservations {
  #rules: readonly Rule[];
  #list: Reservation[] = [];
  #pruneAt = LEAST_TO_PRUNE;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  /** Notes what has just been taken. O(policies) amortised: from one look through the list to the next it doubles. */
  open(number: number, states: readonly State[], nowMs: number): void {
    if (this.#list.length >= this.#pruneAt) this.#prune(states, nowMs);
    this.#list.push({ number, marks: this.#rules.map(({ calls, terms }, i) => calls.mark(states[i] as State, terms)) });
  }

  /** Before more is taken: tells the newest reservation how little was owed meanwhile. */
  noteLow(states: readonly State[], nowMs: number): void {
    const newest = this.#list.at(-1);
    if (newest === undefined) return;
    for (let i = 0; i < this.#rules.length; i++) {
      const { calls, terms } = this.#rules[i] as Rule;
      const owed = calls.owed?.(states[i] as State, terms, nowMs);
      if (owed !== undefined) lower(newest.marks, i, owed);
    }
  }

  /** Gives units back that were taken, as far as they still count, and forgets them. O(reservations of the key). */
  settle(number: number, units: number, states: readonly State[], nowMs: number): void {
    const index = this.#list.findIndex((each) => each.number === number);
    if (index < 0) return; // its entry was forgotten since, or nothing of it counts any more
    const { marks } = this.#list[index] as Reservation;
    for (let i = 0; units > 0 && i < this.#rules.length; i++) {
      const { calls, terms } = this.#rules[i] as Rule;
      const since = this.#list.slice(index);
      const low = since.map((each) => (each.marks[i] as Mark).low).reduce(least);
      const given = calls.refund(states[i] as State, terms, { ...(marks[i] as Mark), low }, units, nowMs);
      // What is given back was owed at no time since.
      if (given > 0) for (const each of since) lower(each.marks, i, less((each.marks[i] as Mark).low, given));
    }
    this.#drop(index);
  }

  /** Goes over to other policies; the states are changed after this. */
  change(rules: readonly Rule[], states: readonly State[], nowMs: number): void {
    for (const { marks } of this.#list) {
      marks.forEach((mark, i) => {
        marks[i] = changeMark(states[i] as State, this.#rules[i] as Rule, rules[i] as Rule, mark, nowMs);
      });
    }
    this.#rules = rules;
  }

  #drop(index: number): void {
    const before = this.#list[index - 1];
    const [dropped] = this.#list.splice(index, 1);
    if (before === undefined || dropped === undefined) return;
    for (let i = 0; i < dropped.marks.length; i++) lower(before.marks, i, (dropped.marks[i] as Mark).low);
  }

  /** Drops those that nothing can be given back of. */
  #prune(states: readonly State[], nowMs: number): void {
    const lows = this.#rules.map((): number | bigint => Number.POSITIVE_INFINITY);
    const kept: Reservation[] = [];
    for (const { number, marks } of this.#list.reverse()) {
      marks.forEach(({ low }, i) => {
        lows[i] = least(lows[i] as number, low);
      });
      const since = marks.map((mark, i) => ({ ...mark, low: lows[i] as number }));
      const counts = this.#rules.some(({ calls, terms }, i) =>
        calls.counts(states[i] as State, terms, since[i] as Mark, nowMs),
      );
      if (counts) kept.push({ number, marks: since });
    }
    this.#list = kept.reverse();
    this.#pruneAt = Math.max(LEAST_TO_PRUNE, 2 * kept.length);
  }
}

function lower(marks: Mark[], policy: number, low: number | bigint): void {
  const mark = marks[policy] as Mark;
  if (low < mark.low) marks[policy] = { ...mark, low };
}

function least(a: number | bigint, b: number | bigint): number | bigint {
  return b < a ? b : a;
}

function less(a: number | bigint, b: number | bigint): number | bigint {
  return typeof a === 'bigint' && typeof b === 'bigint' ? a - b : Number(a) - Number(b);
}
