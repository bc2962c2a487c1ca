import type { OnFull, Policy, Stats } from '../contract.js';

/** What came of all calls. */
export class Counters {
  allowed = 0;
  rejectedFull = 0;
  #blocked = 0;
  readonly #denied: number[];

  constructor(policies: number) {
    this.#denied = new Array<number>(policies).fill(0);
  }

  /** A denial, by the policy that binds it. */
  deny(binding: number): void {
    this.#blocked++;
    this.#denied[binding] = (this.#denied[binding] as number) + 1;
  }

  /** A new key that found no room. Answers whether it is allowed all the same. */
  rejectFull(onFull: OnFull): boolean {
    this.rejectedFull++;
    if (onFull === 'admit') this.allowed++;
    else this.#blocked++;
    return onFull === 'admit';
  }

  stats(policies: readonly Policy[], activeKeys: number, evictions: number): Stats {
    return {
      allowed: this.allowed,
      blocked: this.#blocked,
      totalChecks: this.allowed + this.#blocked,
      activeKeys,
      evictions,
      rejectedFull: this.rejectedFull,
      policies: policies.map(({ name }, i) => ({ name, denied: this.#denied[i] ?? 0 })),
    };
  }
}
