import type { WaitClock } from '../../clock/wait-clock.js';

/** How many steps are done in one turn of the event loop: a few milliseconds' work. */
const STEPS_IN_A_TURN = 500;

/** What works on an item. */
export interface Work<T> {
  /** Answers whether it is done; it is not where `step` has answered that the turn is spent. */
  go(item: T, step: () => boolean): boolean;
  /** What `go` threw, or the clock. */
  fail(item: T, error: unknown): void;
}

/**
 * Works on items in the order in which they were added, so much in one turn of the event loop. An item that isn't
 * done by then goes on behind the others, in a later turn.
 */
export class Turns<T> {
  readonly #clock: WaitClock;
  readonly #work: Work<T>;
  readonly #items = new Set<T>();
  /** Whether a turn goes on, or a later one will come. */
  #isGoing = false;
  #left = 0;

  constructor(clock: WaitClock, work: Work<T>) {
    this.#clock = clock;
    this.#work = work;
  }

  add(item: T): void {
    this.#items.add(item);
  }

  /** Whether there is something left to do about it. */
  has(item: T): boolean {
    return this.#items.has(item);
  }

  /** Starts now, unless it has been started. */
  start(): void {
    if (this.#isGoing) return;
    this.#isGoing = true;
    this.#left = STEPS_IN_A_TURN;
    for (const item of this.#items) {
      if (!this.#step()) break;
      this.#items.delete(item);
      this.#go(item);
    }
    if (this.#items.size === 0) this.#isGoing = false;
    else this.#goOnLater();
  }

  readonly #step = (): boolean => this.#left-- > 0;

  #go(item: T): void {
    try {
      if (!this.#work.go(item, this.#step)) this.#items.add(item);
    } catch (error) {
      this.#work.fail(item, error);
    }
  }

  #goOnLater(): void {
    const goOn = () => {
      this.#isGoing = false;
      this.start();
    };
    try {
      this.#clock.after(0, goOn);
    } catch (error) {
      this.#isGoing = false;
      for (const item of this.#items) this.#work.fail(item, error);
      this.#items.clear();
    }
  }
}
