import type { Decision } from './contract.js';
import { type Deadline, Deadlines } from './deadlines.js';
import type { Signal } from './wait-options.js';

/** One who waits. */
export interface Waiter extends Deadline {
  readonly cost: number;
  readonly signal: Signal | undefined;
  readonly queue: WaitQueue;
  resolve(decision: Decision): void;
  reject(reason: unknown): void;
  /** Takes its ear off the signal. */
  unlisten: (() => void) | undefined;
  before: Waiter | undefined;
  behind: Waiter | undefined;
}

/**
 * Those who wait for one key, in the order in which they came: a linked list, so that joining and leaving are O(1)
 * wherever one stands, and the deadlines of those who have one.
 */
export class WaitQueue {
  readonly key: string;
  /** All costs together, which may pass 2^53. */
  units = 0n;
  /** No cost in it is more. */
  mostCost = 0;
  /** When its timer is due; `Infinity` without one. */
  dueMs = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  #first: Waiter | undefined;
  #last: Waiter | undefined;
  readonly #deadlines = new Deadlines<Waiter>();

  constructor(key: string) {
    this.key = key;
  }

  get first(): Waiter | undefined {
    return this.#first;
  }

  /** One who has waited as long as it may. */
  lateAt(nowMs: number): Waiter | undefined {
    return this.pressedMs <= nowMs ? this.#deadlines.earliest : undefined;
  }

  /** The earliest deadline; `Infinity` where there is none. */
  get pressedMs(): number {
    return this.#deadlines.earliest?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  join(waiter: Waiter): void {
    waiter.before = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.behind = waiter;
    this.#last = waiter;
    this.units += BigInt(waiter.cost);
    this.mostCost = Math.max(this.mostCost, waiter.cost);
    if (waiter.untilMs !== Number.POSITIVE_INFINITY) this.#deadlines.add(waiter);
  }

  /** One who has not left yet. */
  leave(waiter: Waiter): void {
    const { before, behind } = waiter;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    this.units -= BigInt(waiter.cost);
    this.#deadlines.delete(waiter);
  }

  setTimer(dueMs: number, cancel: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = cancel;
    this.dueMs = dueMs;
  }

  stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.dueMs = Number.POSITIVE_INFINITY;
  }
}
