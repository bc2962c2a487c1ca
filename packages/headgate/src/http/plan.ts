import {
  type Decision,
  decision as decisionOf,
  type Policy,
  type PolicyRow,
  type Reservation,
  tightest,
} from '@headgate/core-ts';
import type { RateLimiter } from '../rate-limiter.js';
import type { HttpLimiter, Reserved } from './options.js';
import type { PlanSlot } from './plan-slot.js';

/** The policies that one answer of a limit function names: all of them or none. */
export class Plan implements HttpLimiter {
  readonly policies: readonly Policy[];
  readonly #slots: readonly PlanSlot[];

  constructor(slots: readonly PlanSlot[]) {
    this.policies = slots.map(({ policy }) => policy);
    this.#slots = slots;
  }

  check(key: string, cost: number): Decision {
    return this.#take(key, cost, (limiter) => limiter.check(key, cost));
  }

  reserve(key: string, estimate: number): Reserved {
    const reservations: Reservation[] = [];
    const decision = this.#take(key, estimate, (limiter) => {
      const reservation = limiter.reserve(key, estimate);
      reservations.push(reservation);
      return reservation.decision;
    });
    return {
      decision,
      commit: (actual) => together(reservations.map((each) => each.commit(actual))),
      cancel: () => together(reservations.map((each) => each.cancel())),
    };
  }

  reset(key: string): boolean {
    return this.#slots.map((slot) => slot.reset(key)).includes(true);
  }

  /** Where one denies, the one that binds is asked for real, so that it counts the denial; nothing is taken. */
  #take(key: string, cost: number, take: (limiter: RateLimiter) => Decision): Decision {
    const foreseen = this.#slots.map((slot) => slot.foresee(key, cost));
    const denied = longest(foreseen);
    if (denied !== undefined) {
      const decision = (this.#slots[denied] as PlanSlot).deny(key, cost);
      return { ...decision, policies: foreseen.flatMap((each, i) => (i === denied ? decision : each).policies) };
    }
    return together(this.#slots.map((slot) => slot.take(key, cost, take)));
  }
}

/** Which of the denials waits longest; `undefined` where there is none. */
function longest(decisions: readonly Decision[]): number | undefined {
  let found: number | undefined;
  decisions.forEach(({ allowed, retryAfterMs }, i) => {
    if (allowed || (found !== undefined && retryAfterMs <= (decisions[found] as Decision).retryAfterMs)) return;
    found = i;
  });
  return found;
}

function together(decisions: readonly Decision[]): Decision {
  const rows: PolicyRow[] = decisions.flatMap(({ policies }) => policies);
  return decisionOf(true, rows, tightest(rows));
}
