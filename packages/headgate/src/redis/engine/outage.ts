import {
  BackendUnavailableError,
  createMapEngine,
  DEFAULT_MAX_KEYS,
  type Decision,
  decision,
  type Engine,
  leastBurst,
  type Policy,
} from '@headgate/core-ts';
import type { RemoteDecision } from '../limiter/remote-engine.js';
import type { Answer, Decidable } from '../wire/call.js';

/** What decides where the server does not answer. */
export type OnOutage = 'local' | 'open' | 'closed' | 'throw';

/** How long a client that is denied in an outage is told to wait. */
export const CLOSED_FOR_MS = 1000;

/** Decides in an outage. */
export class Outage {
  readonly #onOutage: OnOutage;
  readonly #instances: number;
  #local: Engine | undefined;
  #policies: readonly Policy[];
  readonly #shares = new WeakMap<readonly Policy[], readonly Policy[]>();

  constructor(policies: readonly Policy[], onOutage: OnOutage, instances: number) {
    this.#policies = policies;
    this.#onOutage = onOutage;
    this.#instances = instances;
  }

  update(policies: readonly Policy[]): void {
    this.#policies = policies;
    this.#local?.update(this.#shareOf(policies));
  }

  clear(): void {
    this.#local?.clear();
  }

  /** @throws BackendUnavailableError where that was asked for. */
  answer(call: Decidable, reason: unknown): Answer {
    if (this.#onOutage === 'throw') throw unavailable(reason);
    return this.#onOutage === 'local' ? this.#locally(call) : this.#alike(call, this.#onOutage === 'open');
  }

  #locally(call: Decidable): Answer {
    const engine = this.#engine();
    const by = call.by && this.#shareOf(call.by);
    switch (call.kind) {
      case 'allow':
        return engine.allow(call.key, call.cost, by);
      case 'check':
        return degraded(engine.check(call.key, call.cost, by));
      case 'peek':
        return degraded(engine.peek(call.key, call.cost, by));
      case 'reserve': {
        const { decision, number } = engine.reserve(call.key, call.cost, by);
        return { decision: degraded(decision), number: -number };
      }
      case 'settle':
        // What was taken on the server stays taken: it can't be told.
        if (call.number >= 0) return degraded(engine.peek(call.key, 0, by));
        return degraded(engine.settle(call.key, -call.number, call.estimate, call.actual, by));
      case 'block':
        return engine.block(call.key, call.ms);
      case 'reset':
        return engine.reset(call.key);
    }
  }

  #engine(): Engine {
    this.#local ??= createMapEngine({
      policies: this.#shareOf(this.#policies),
      clock: undefined,
      shared: undefined,
      maxKeys: DEFAULT_MAX_KEYS,
      onFull: 'deny',
    });
    return this.#local;
  }

  /** What one instance may admit of these policies: at least one unit. */
  #shareOf(policies: readonly Policy[]): readonly Policy[] {
    const known = this.#shares.get(policies);
    if (known !== undefined) return known;
    const share = policies.map((policy) => {
      const limit = this.#part(policy.limit);
      const burst = policy.algorithm === 'token-bucket' ? this.#burst(policy, limit) : limit;
      return { ...policy, limit, burst };
    });
    this.#shares.set(policies, share);
    return share;
  }

  #part(units: number): number {
    return units === 0 ? 0 : Math.max(1, Math.floor(units / this.#instances));
  }

  #burst({ burst, windowMs }: Policy, limit: number): number {
    return limit === 0 ? 0 : Math.max(leastBurst(limit, windowMs), this.#part(burst));
  }

  #alike(call: Decidable, allowed: boolean): Answer {
    if (call.kind === 'allow') return allowed;
    if (call.kind === 'block' || call.kind === 'reset') return false;
    const rows = this.#policies.map(({ name, limit }) => ({
      name,
      limit,
      remaining: allowed ? limit : 0,
      resetAfterMs: allowed ? 0 : CLOSED_FOR_MS,
      retryAfterMs: allowed ? 0 : CLOSED_FOR_MS,
    }));
    const told = degraded(decision(allowed, rows, 0));
    return call.kind === 'reserve' ? { decision: told, number: -0 } : told;
  }
}

function degraded(told: Decision): RemoteDecision {
  return { ...told, degraded: true };
}

export function unavailable(reason: unknown, what: 'decide' | 'clear' = 'decide'): BackendUnavailableError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new BackendUnavailableError(`Redis did not ${what}: ${why}`, { cause: reason });
}
