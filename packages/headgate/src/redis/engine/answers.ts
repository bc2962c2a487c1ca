import { decision, type Policy, tightest } from '@headgate/core-ts';
import type { RemoteDecision } from '../limiter/remote-engine.js';

/** What stands in the place of a call's numbers where another program wrote its key. */
const FOREIGN = -2;
const NEVER = -1;

/** Reads the numbers that a script has answered, one after the other. */
export class Answers {
  readonly #numbers: readonly unknown[];
  #at = 0;

  /** @throws TypeError where it is no list. */
  constructor(reply: unknown) {
    if (!Array.isArray(reply)) throw new TypeError(`the server must answer a list of numbers, got ${typeof reply}`);
    this.#numbers = reply;
  }

  /** @throws TypeError where the next one is no number. */
  next(): number {
    const number = Number(this.#numbers[this.#at]);
    if (!Number.isFinite(number))
      throw new TypeError(`the server must answer numbers, got ${typeof this.#numbers[this.#at]} at ${this.#at}`);
    this.#at++;
    return number;
  }

  /** A time, which may never come. */
  nextMs(): number {
    const ms = this.next();
    return ms === NEVER ? Number.POSITIVE_INFINITY : ms;
  }

  /** Whether another program wrote the key of the next call. */
  isForeign(): boolean {
    if (Number(this.#numbers[this.#at]) !== FOREIGN) return false;
    this.#at++;
    return true;
  }

  /** How a key stands by these policies. */
  decision(policies: readonly Policy[]): RemoteDecision {
    const [allowed, blockedMs] = [this.next() === 1, this.next()];
    const own = policies.map(({ name, limit }) => {
      const [remaining, resetAfterMs, retryAfterMs] = [this.next(), this.nextMs(), this.nextMs()];
      return { name, limit, remaining, resetAfterMs, retryAfterMs };
    });
    const waits = own.map(({ retryAfterMs }) => retryAfterMs);
    const rows = blockedMs === 0 ? own : own.map((row) => underBlock(row, blockedMs));
    return decision(allowed, rows, allowed ? tightest(rows) : waits.indexOf(Math.max(...waits)));
  }
}

function underBlock<R extends { resetAfterMs: number; retryAfterMs: number }>(row: R, blockedMs: number) {
  const atLeast = (ms: number) => Math.max(blockedMs, ms);
  return { ...row, remaining: 0, resetAfterMs: atLeast(row.resetAfterMs), retryAfterMs: atLeast(row.retryAfterMs) };
}

/** The policy that binds a denied decision. */
export function bindingOf({ policy, policies }: RemoteDecision): number {
  return policies.findIndex(({ name }) => name === policy);
}
