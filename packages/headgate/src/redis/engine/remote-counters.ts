import type { Policy } from '@headgate/core-ts';
import type { RemoteDecision, RemoteReserved, RemoteStats } from '../limiter/remote-engine.js';
import { bindingOf } from '../wire/answers.js';
import type { Answer, Call } from '../wire/call.js';

/** What came of the calls of this process. */
export class RemoteCounters {
  allowed = 0;
  #blocked = 0;
  #degraded = 0;
  readonly #denied: number[];

  constructor(policies: readonly Policy[]) {
    this.#denied = policies.map(() => 0);
  }

  /** A denial, by the policy that binds it. */
  denied(binding: number): void {
    this.#blocked++;
    this.#denied[binding] = (this.#denied[binding] ?? 0) + 1;
  }

  decided(decision: RemoteDecision): void {
    if (decision.allowed) this.allowed++;
    else this.denied(bindingOf(decision));
  }

  /** A decision without the server. */
  degraded(call: Call, answer: Answer): void {
    if (call.kind === 'allow') {
      if (answer === true) this.allowed++;
      else this.denied(0);
    } else if (call.kind === 'check') this.decided(answer as RemoteDecision);
    else if (call.kind === 'reserve') this.decided((answer as RemoteReserved).decision);
    else return;
    this.#degraded++;
  }

  stats(policies: readonly Policy[], isDegraded: boolean): RemoteStats {
    return {
      allowed: this.allowed,
      blocked: this.#blocked,
      totalChecks: this.allowed + this.#blocked,
      activeKeys: 0,
      evictions: 0,
      rejectedFull: 0,
      degraded: this.#degraded,
      isDegraded,
      policies: policies.map(({ name }, i) => ({ name, denied: this.#denied[i] ?? 0 })),
    };
  }
}
