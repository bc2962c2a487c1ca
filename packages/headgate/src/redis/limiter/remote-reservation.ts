/// <reference lib="esnext.disposable" preserve="true" />
import { type Cost, type Policy, readCost, show, type Units, unitsOf } from '@headgate/core-ts';
import type { RemoteDecision, RemoteEngine } from './remote-engine.js';

/** How an estimate was taken. */
interface Taken {
  readonly engine: RemoteEngine;
  readonly units: Units;
  readonly by: (() => readonly Policy[]) | undefined;
  readonly number: number;
}

/** An estimate that was taken on the server, to be settled once. One that is never settled counts as used. */
export class RemoteReservation {
  readonly key: string;
  /** As it was given. */
  readonly estimate: Cost;
  /** The decision on the estimate. Where it is denied, nothing was taken. */
  readonly decision: RemoteDecision;
  readonly #taken: Taken;
  #settledBy: string | undefined;

  constructor(key: string, estimate: Cost, decision: RemoteDecision, taken: Taken) {
    this.key = key;
    this.estimate = estimate;
    this.decision = decision;
    this.#taken = taken;
  }

  /** Whether it was committed or cancelled. */
  get settled(): boolean {
    return this.#settledBy !== undefined;
  }

  /**
   * Takes what was really used in place of the estimate, and answers how the key stands then. It settles when it is called:
   * where the server does not answer, it may have been settled there or not, and it is not tried again.
   *
   * Rejects with a TypeError or RangeError unless `actual` is a whole number from 0 to 2^53 − 1, and with an Error where it
   * was settled already, or denied.
   */
  async commit(actual: Cost): Promise<RemoteDecision> {
    const { engine, units } = this.#taken;
    const all =
      typeof actual === 'object' && actual !== null ? { ...byName(units, engine.policies), ...actual } : actual;
    const own = readCost('actual', all, engine.policies, Number.MAX_SAFE_INTEGER);
    return this.#settle(`commit(${JSON.stringify(actual)})`, own);
  }

  /** Gives all of it back: `commit(0)`. A denied one took nothing, so there is nothing to do. */
  async cancel(): Promise<RemoteDecision> {
    if (this.decision.allowed || this.settled) return this.#settle('cancel()', 0);
    const { engine, by } = this.#taken;
    this.#settledBy = 'cancel()';
    return engine.peek(this.key, 0, by?.());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.settled) await this.cancel();
  }

  async #settle(call: string, actual: Units): Promise<RemoteDecision> {
    const name = `the reservation of ${JSON.stringify(this.estimate)} by ${show(this.key)}`;
    if (this.#settledBy !== undefined) throw new Error(`${call}: ${name} was settled by ${this.#settledBy} already`);
    if (!this.decision.allowed)
      throw new Error(`${call}: ${name} was denied, so it took nothing that could be settled`);
    this.#settledBy = call;
    const { engine, units, by, number } = this.#taken;
    return engine.settle(this.key, number, units, actual, by?.());
  }
}

function byName(units: Units, policies: readonly Policy[]): Record<string, number> {
  return Object.fromEntries(policies.map(({ name }, i) => [name, unitsOf(units, i)]));
}
