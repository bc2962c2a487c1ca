import type { Decision, Policy, Units } from '../../contract.js';
import type { Signal } from '../../options/wait-options.js';
import { unitsOf } from '../../units.js';
import type { By } from '../call-policies.js';
import { type Deadline, Deadlines } from './deadlines.js';

/** One who waits. */
export interface Waiter extends Deadline {
  readonly units: Units;
  readonly by: By;
  readonly signal: Signal | undefined;
  readonly queue: WaitQueue;
  /** Takes what it waits for, if that fits. */
  take(): Decision;
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
  /** Where all costs are the same of each policy: all of them together, which may pass 2^53. */
  #units = 0n;
  /** Otherwise by policy what is beyond that. */
  readonly #more: bigint[] = [];
  /** By policy, no cost in it is more; of those who are decided by the limiter's own policies. */
  #mostUnits: number[] = [0];
  /** Those who have limits of their own, which no update changes. */
  #byOthers = 0;
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

  /** What all who wait want of one policy. */
  unitsOf(policy: number): bigint {
    return this.#units + (this.#more[policy] ?? 0n);
  }

  /** Whether no cost is more than what can be taken at once. */
  fitsAll(policies: readonly Policy[]): boolean {
    return policies.every(({ burst }, i) => (this.#mostUnits[i] ?? this.#mostUnits[0] ?? 0) <= burst);
  }

  /** Whether anybody in it is decided by limits of its own. */
  get hasOwnLimits(): boolean {
    return this.#byOthers > 0;
  }

  join(waiter: Waiter): void {
    waiter.before = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.behind = waiter;
    this.#last = waiter;
    this.#count(waiter, 1n);
    this.#measure(waiter);
    if (waiter.untilMs !== Number.POSITIVE_INFINITY) this.#deadlines.add(waiter);
  }

  /** One who has not left yet. */
  leave(waiter: Waiter): void {
    const { before, behind } = waiter;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    this.#count(waiter, -1n);
    this.#deadlines.delete(waiter);
  }

  /** After those were refused who can never fit. O(waiters). */
  measureAgain(): void {
    this.#mostUnits = [0];
    for (let waiter = this.#first; waiter !== undefined; waiter = waiter.behind) this.#measure(waiter);
  }

  #count({ units, by }: Waiter, sign: bigint): void {
    if (by !== undefined) this.#byOthers += Number(sign);
    if (typeof units === 'number') this.#units += sign * BigInt(units);
    else for (let i = 0; i < units.length; i++) this.#more[i] = (this.#more[i] ?? 0n) + sign * BigInt(units[i] ?? 0);
  }

  #measure({ units, by }: Waiter): void {
    if (by !== undefined) return;
    const { length } = this.#mostUnits;
    const needed = typeof units === 'number' ? length : Math.max(length, units.length);
    const most = this.#mostUnits;
    this.#mostUnits = Array.from({ length: needed }, (_, i) => Math.max(most[i] ?? most[0] ?? 0, unitsOf(units, i)));
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
