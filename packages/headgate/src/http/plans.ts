import { type Policy, type PolicyOptions, show } from '@headgate/core-ts';
import { RateLimiter, type RateLimiterOptions } from '../rate-limiter.js';
import type { HttpLimiter } from './options.js';
import { Plan } from './plan.js';
import { PlanSlot } from './plan-slot.js';

/** More plans than anybody sells; a function that answers more answers another limit for each client. */
const MOST_PLANS = 64;

/**
 * The limiters behind a limit that is a function of the request: one for each policy's numbers. A key is counted in
 * one of them at a time and takes with it what it has used when its plan changes, so a limit that changes with each
 * request holds as well as one that never does.
 */
export class Plans {
  readonly #common: RateLimiterOptions;
  readonly #accept: (policies: readonly Policy[]) => void;
  readonly #plans = new Map<string | number, Plan>();
  readonly #byName = new Map<string, RateLimiter[]>();

  /** `common`: what is the same in all plans, such as the window. `accept` throws for policies that can't be told. */
  constructor(common: RateLimiterOptions, accept: (policies: readonly Policy[]) => void) {
    if (common.shared !== undefined)
      throw new TypeError(`shared can't go with a limit that is a function, got ${show(common.shared)}`);
    this.#common = common;
    this.#accept = accept;
  }

  /** @throws TypeError or RangeError for a limit that can't be, and for the 65th plan. */
  ofLimit(limit: number): HttpLimiter {
    return this.#plans.get(limit) ?? this.#add(limit, [{ limit }]);
  }

  /** @throws TypeError or RangeError for policies that can't be, and for the 65th plan. */
  ofLimits(limits: readonly PolicyOptions[]): HttpLimiter {
    if (!Array.isArray(limits) || limits.length === 0)
      throw new TypeError(`limits must answer an array with something in it, got ${show(limits)}`);
    if (limits.length > 1) checkOwnNames(limits);
    const name = JSON.stringify(limits);
    return this.#plans.get(name) ?? this.#add(name, limits);
  }

  #add(name: string | number, limits: readonly Partial<PolicyOptions>[]): Plan {
    if (this.#plans.size >= MOST_PLANS)
      throw new RangeError(
        `limit and limits must answer one of ${MOST_PLANS} plans at the most, got ${show(name)} too`,
      );
    const limiters = limits.map((policy) => new RateLimiter({ ...this.#common, ...policy }));
    this.#accept(limiters.map(({ policy }) => policy));
    const plan = new Plan(limiters.map((limiter) => this.#slotOf(limiter)));
    this.#plans.set(name, plan);
    return plan;
  }

  /** With the limiter that has these numbers already, where another plan has them too. */
  #slotOf(made: RateLimiter): PlanSlot {
    const { name } = made.policy;
    const all = this.#byName.get(name) ?? [];
    this.#byName.set(name, all);
    const numbers = JSON.stringify(made.policy);
    const known = all.find(({ policy }) => JSON.stringify(policy) === numbers);
    if (known === undefined) all.push(made);
    return new PlanSlot(known ?? made, all);
  }
}

/** Policies of one name would share what is used of either, so none of them would hold. */
function checkOwnNames(limits: readonly Partial<PolicyOptions>[]): void {
  const names = limits.map((policy) => policy?.name);
  names.forEach((name, i) => {
    if (name === undefined) throw new TypeError(`limits[${i}].name must be a string, got undefined`);
    if (names.indexOf(name) < i) throw new RangeError(`limits[${i}].name must be its own, got ${show(name)}`);
  });
}
