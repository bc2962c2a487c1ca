import { type Clock, type Decision, readOptions } from '@headgate/core-ts';
import { RateLimiter } from '../../../index.js';
import type { NamedPolicy } from '../policy/policy-text.js';
import { type Client, isBeyond } from './client.js';
import type { Column, Table } from './table.js';

/** A policy on trial: a limiter of its own decides on every request. */
export class Trial {
  readonly policy: NamedPolicy;
  readonly limiter: RateLimiter;
  /** By client. */
  readonly denials: Column;
  denied = 0;

  /** @throws TypeError or RangeError for numbers that no policy can have. */
  constructor(policy: NamedPolicy, table: Table, clock: Clock, maxKeys: number) {
    this.policy = policy;
    this.denials = table.column();
    this.limiter = new RateLimiter({ ...limitsOf(policy), clock, maxKeys });
  }

  /** Whether the request is let through. */
  take(client: Client, key: string): boolean {
    const isAllowed = this.limiter.allow(key);
    if (!isAllowed) this.#deny(client);
    return isAllowed;
  }

  /** The same, with all that a decision tells. */
  check(client: Client, key: string): Decision {
    const decision = this.limiter.check(key);
    if (!decision.allowed) this.#deny(client);
    return decision;
  }

  #deny(client: Client): void {
    this.denied++;
    if (!isBeyond(client)) this.denials.set(client, this.denials.get(client) + 1);
  }
}

/** @throws TypeError or RangeError for numbers that no policy can have. */
export function checkPolicy(policy: NamedPolicy): void {
  readOptions(limitsOf(policy));
}

function limitsOf({ limits }: NamedPolicy) {
  const [only, ...others] = limits;
  return others.length === 0 ? { ...only } : { limits: limits.map((each, i) => ({ name: `limit ${i + 1}`, ...each })) };
}
