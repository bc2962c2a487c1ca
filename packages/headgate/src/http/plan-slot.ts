import type { Decision, Policy } from '@headgate/core-ts';
import type { RateLimiter } from '../rate-limiter.js';

/**
 * One policy of a plan, beside the limiters that have other numbers of the same policy. A key is counted in one of
 * them at a time, its home, and moves with what it has used only when it is admitted: what doesn't fit is denied
 * where it is, so that a denial changes nothing here either.
 */
export class PlanSlot {
  readonly #here: RateLimiter;
  readonly #all: readonly RateLimiter[];

  constructor(here: RateLimiter, all: readonly RateLimiter[]) {
    this.#here = here;
    this.#all = all;
  }

  get policy(): Policy {
    return this.#here.policy;
  }

  /** Forgets a key under all numbers; whether it was held. */
  reset(key: string): boolean {
    return this.#all.map((limiter) => limiter.reset(key)).includes(true);
  }

  /** What `deny` or `take` would answer now. */
  foresee(key: string, cost: number): Decision {
    const limiter = this.#deciding(key, cost);
    return this.#toldHere(limiter.peek(key, this.#costAt(limiter, cost)), limiter);
  }

  /** Counts a denial that was foreseen, and starts the block that it asks for. */
  deny(key: string, cost: number): Decision {
    const limiter = this.#deciding(key, cost);
    return this.#toldHere(limiter.check(key, this.#costAt(limiter, cost)), limiter);
  }

  /** Takes what was foreseen to fit; nothing moves for a cost of 0. */
  take(key: string, cost: number, take: (limiter: RateLimiter) => Decision): Decision {
    const home = this.#homeOf(key);
    if (cost === 0) return this.#toldHere(take(home), home);
    if (home !== this.#here) this.#moveFrom(home, key);
    return take(this.#here);
  }

  /** Takes over what the key has used under other numbers. Its window starts anew, so it is held a little longer. */
  #moveFrom(home: RateLimiter, key: string): void {
    const used = home.policy.burst - home.remaining(key);
    if (used > 0) this.#here.reserve(key, 0).commit(used);
    home.reset(key);
  }

  /** Its home, unless that would let it go where there is no room for what it has used. */
  #deciding(key: string, cost: number): RateLimiter {
    const home = this.#homeOf(key);
    const stays = home === this.#here || cost === 0 || !home.peek(key, this.#costAt(home, cost)).allowed;
    return stays || this.#here.peek(key, cost).allowed ? home : this.#here;
  }

  #homeOf(key: string): RateLimiter {
    if (this.#all.length === 1 || isLive(this.#here, key)) return this.#here;
    return this.#all.find((limiter) => isLive(limiter, key)) ?? this.#here;
  }

  /** So many units fit at home just when the cost would fit here, with what is used at home. */
  #costAt(home: RateLimiter, cost: number): number {
    return cost === 0 ? 0 : Math.max(0, cost + home.policy.burst - this.policy.burst);
  }

  #toldHere(decision: Decision, home: RateLimiter): Decision {
    if (home === this.#here) return decision;
    const { name, limit, burst } = this.policy;
    const remaining = Math.max(0, decision.remaining + burst - home.policy.burst);
    const { resetAfterMs, retryAfterMs } = decision;
    return { ...decision, limit, remaining, policies: [{ name, limit, remaining, resetAfterMs, retryAfterMs }] };
  }
}

function isLive(limiter: RateLimiter, key: string): boolean {
  return limiter.peek(key, 0).resetAfterMs > 0;
}
