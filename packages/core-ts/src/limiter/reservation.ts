/// <reference lib="esnext.disposable" preserve="true" />
import type { Decision, Engine, Policy, Units } from '../contract.js';
import { type Cost, readCost } from '../options/cost.js';
import { show } from '../show.js';
import { unitsOf } from '../units.js';
import type { By } from './call-policies.js';

/** How an estimate is taken and settled. */
export interface ReserveCall {
  readonly engine: Engine;
  readonly units: Units;
  readonly by: By;
  byTheClock(decision: Decision): Decision;
  onSettled(): void;
}

/**
 * An estimate that was taken, to be settled once. One that is never settled counts as if it had been used, and so does
 * one that fell out because too many were open.
 */
export class Reservation {
  readonly key: string;
  /** As it was given. */
  readonly estimate: Cost;
  /** The decision on the estimate. Where it is denied, nothing was taken. */
  readonly decision: Decision;
  readonly #call: ReserveCall;
  readonly #number: number;
  #settledBy: string | undefined;

  /** Takes the estimate. */
  constructor(key: string, estimate: Cost, call: ReserveCall) {
    const { decision, number } = call.engine.reserve(key, call.units, call.by?.());
    this.key = key;
    this.estimate = estimate;
    this.decision = call.byTheClock(decision);
    this.#call = call;
    this.#number = number;
  }

  /** Whether it was committed or cancelled. */
  get settled(): boolean {
    return this.#settledBy !== undefined;
  }

  /**
   * Takes what was really used in place of the estimate. Less: the difference is given back as far as it
   * still counts, never into a later window. More: the rest is taken too, even past the limit. Of several policies
   * those that `actual` doesn't name stay at the estimate. Answers how the key stands then.
   *
   * @throws TypeError or RangeError unless `actual` is a whole number from 0 to 2^53 − 1, or of several policies such
   * numbers by their names.
   * @throws Error where it was settled already, or denied: then nothing changes.
   */
  commit(actual: Cost): Decision {
    const { engine, units } = this.#call;
    const all =
      typeof actual === 'object' && actual !== null ? { ...byName(units, engine.policies), ...actual } : actual;
    return this.#settle(
      `commit(${JSON.stringify(actual)})`,
      readCost('actual', all, engine.policies, Number.MAX_SAFE_INTEGER),
    );
  }

  /** Gives all of it back: `commit(0)`. A denied one took nothing, so there is nothing to do. */
  cancel(): Decision {
    if (this.decision.allowed || this.settled) return this.#settle('cancel()', 0);
    const { engine, by } = this.#call;
    const decision = engine.peek(this.key, 0, by?.());
    this.#settledBy = 'cancel()';
    return this.#call.byTheClock(decision);
  }

  [Symbol.dispose](): void {
    if (!this.settled) this.cancel();
  }

  #settle(call: string, actual: Units): Decision {
    const name = `the reservation of ${JSON.stringify(this.estimate)} by ${show(this.key)}`;
    if (this.#settledBy !== undefined) throw new Error(`${call}: ${name} was settled by ${this.#settledBy} already`);
    if (!this.decision.allowed)
      throw new Error(`${call}: ${name} was denied, so it took nothing that could be settled`);
    const { engine, units, by } = this.#call;
    const decision = engine.settle(this.key, this.#number, units, actual, by?.());
    this.#settledBy = call;
    this.#call.onSettled();
    return this.#call.byTheClock(decision);
  }
}

function byName(units: Units, policies: readonly Policy[]): Record<string, number> {
  return Object.fromEntries(policies.map(({ name }, i) => [name, unitsOf(units, i)]));
}

/** Reserves once those who wait before it were decided: the taking is the decision that a wait ends with. */
export async function reserveInTurn(
  take: () => Reservation,
  wait: (decide: () => Decision) => Promise<Decision>,
): Promise<Reservation> {
  let reservation: Reservation | undefined;
  await wait(() => {
    reservation = take();
    return reservation.decision;
  });
  return reservation as unknown as Reservation;
}
