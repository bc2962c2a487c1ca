import { add, isFresh, remaining, resetAfterMs, row } from '../algorithms/fixed-window.js';
import type { Words } from '../algorithms/state.js';
import type { Policy, PolicyRow } from '../contract.js';
import { flat } from '../memory/fold.js';

/** The state of a key never seen. Nothing writes to it. */
const NOBODY: Words = new Float64Array(2);

/**
 * The windows of all keys held, `maxKeys` at the most, in the order of time: all last equally long, so the first of those
 * that began first is the first to end.
 */
export class Windows {
  readonly #policy: Policy;
  readonly #maxKeys: number;
  /** With units left, by when they began. */
  readonly #open = new Map<string, Words>();
  /** With none left, by when the last unit was taken: what ended waits behind one that has not for a window at the most. */
  readonly #spent = new Map<string, Words>();
  evictions = 0;

  constructor(policy: Policy, maxKeys: number) {
    this.#policy = policy;
    this.#maxKeys = maxKeys;
  }

  get held(): number {
    return this.#open.size + this.#spent.size;
  }

  remaining(name: string, nowMs: number): number {
    return remaining(this.#of(name), 0, this.#policy, nowMs);
  }

  row(name: string, cost: number, nowMs: number, allowed: boolean): PolicyRow {
    return row(this.#of(name), 0, this.#policy, cost, nowMs, allowed);
  }

  /** Takes units, more than 0, that fit. `false` where there is no room for one more key. */
  take(name: string, units: number, nowMs: number): boolean {
    const known = this.#open.get(name);
    if (known === undefined || isFresh(known, 0, this.#policy, nowMs)) return this.#begin(name, units, nowMs);
    add(known, 0, this.#policy, units, nowMs);
    if (remaining(known, 0, this.#policy, nowMs) > 0) return true;
    this.#open.delete(name);
    this.#spent.set(name, known);
    return true;
  }

  #begin(name: string, units: number, nowMs: number): boolean {
    this.forget(name, nowMs);
    this.#makeRoom(nowMs);
    if (this.held >= this.#maxKeys) return false;
    const words = new Float64Array(2);
    add(words, 0, this.#policy, units, nowMs);
    (units < this.#policy.limit ? this.#open : this.#spent).set(flat(name), words);
    return true;
  }

  /** What ended goes; where that is nothing, the first that has units left. */
  #makeRoom(nowMs: number): void {
    this.#dropFirst(this.#open, nowMs);
    this.#dropFirst(this.#spent, nowMs);
    const [first] = this.held < this.#maxKeys ? [] : this.#open.keys();
    if (first === undefined) return;
    this.#open.delete(first);
    this.evictions++;
  }

  /** Those at the front that ended. */
  #dropFirst(windows: Map<string, Words>, nowMs: number): void {
    for (const [name, words] of windows) {
      if (!isFresh(words, 0, this.#policy, nowMs)) return;
      windows.delete(name);
    }
  }

  /** Whether units of the key can be counted: it is held, or there is or can be room. */
  canHold(name: string, nowMs: number): boolean {
    if (this.#open.size > 0 || this.held < this.#maxKeys || this.#spent.has(name)) return true;
    const [first] = this.#spent.values();
    return first === undefined || isFresh(first, 0, this.#policy, nowMs);
  }

  /** How long it takes until the first of those that have no units left ends: there is room then. */
  roomAfterMs(nowMs: number): number {
    const [first] = this.#spent.values();
    return Math.max(1, resetAfterMs(first ?? NOBODY, 0, this.#policy, nowMs));
  }

  /** Whether its window went on. */
  forget(name: string, nowMs: number): boolean {
    const isLive = !isFresh(this.#of(name), 0, this.#policy, nowMs);
    if (!this.#open.delete(name)) this.#spent.delete(name);
    return isLive;
  }

  clear(): void {
    this.#open.clear();
    this.#spent.clear();
  }

  dropExpired(nowMs: number): number {
    const before = this.held;
    for (const windows of [this.#open, this.#spent])
      for (const [name, words] of windows) if (isFresh(words, 0, this.#policy, nowMs)) windows.delete(name);
    return before - this.held;
  }

  #of(name: string): Words {
    return this.#open.get(name) ?? this.#spent.get(name) ?? NOBODY;
  }
}
