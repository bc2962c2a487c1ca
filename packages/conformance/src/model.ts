import type { Algorithm, Clock, Decision, Policy, Stats } from '@headgate/core-ts';
import { fixedWindow } from './model/fixed-window.js';
import type { ModelPolicy, ModelState, Rule } from './model/rule.js';

const RULES: Record<Algorithm, Rule> = { 'fixed-window': fixedWindow };

/**
 * A limiter that is obviously right rather than fast: exact integers, one map, and no entry that is
 * expired is ever looked at. Its time is the sum of the clock's steps forward from one reading to the next.
 */
export class Model {
  readonly policy: Policy;
  readonly #rule: Rule;
  readonly #exact: ModelPolicy;
  readonly #clock: Clock;
  readonly #states = new Map<string, ModelState>();
  #reading: bigint | undefined;
  #nowMs = 0n;
  #allowed = 0;
  #blocked = 0;

  constructor(policy: Policy, clock: Clock) {
    this.policy = policy;
    this.#rule = RULES[policy.algorithm];
    this.#exact = { limit: BigInt(policy.limit), windowMs: BigInt(policy.windowMs) };
    this.#clock = clock;
  }

  allow(key: string, cost = 1): boolean {
    return this.check(key, cost).allowed;
  }

  check(key: string, cost = 1): Decision {
    const nowMs = this.#now();
    const before = this.#state(key, nowMs);
    if (BigInt(cost) > this.#remaining(before, nowMs)) {
      this.#blocked++;
      return this.#denied(before, cost, nowMs);
    }
    this.#allowed++;
    const after = cost === 0 ? before : this.#rule.take(before, this.#exact, BigInt(cost), nowMs);
    if (after !== undefined) this.#states.set(key, after);
    return this.#decision(true, after, 0, nowMs);
  }

  peek(key: string, cost = 1): Decision {
    const nowMs = this.#now();
    const state = this.#state(key, nowMs);
    if (BigInt(cost) > this.#remaining(state, nowMs)) return this.#denied(state, cost, nowMs);
    return this.#decision(true, state, 0, nowMs);
  }

  remaining(key: string): number {
    return this.peek(key).remaining;
  }

  reset(key: string): boolean {
    const live = this.#state(key, this.#now()) !== undefined;
    this.#states.delete(key);
    return live;
  }

  clear(): void {
    this.#states.clear();
  }

  cleanupExpired(): number {
    const nowMs = this.#now();
    const held = this.#states.size;
    for (const key of this.#states.keys()) {
      if (this.#state(key, nowMs) === undefined) this.#states.delete(key);
    }
    return held - this.#states.size;
  }

  stats(): Stats {
    return {
      allowed: this.#allowed,
      blocked: this.#blocked,
      totalChecks: this.#allowed + this.#blocked,
      activeKeys: this.#states.size,
    };
  }

  #now(): bigint {
    const reading = BigInt(this.#clock.now());
    if (this.#reading !== undefined && reading > this.#reading) this.#nowMs += reading - this.#reading;
    this.#reading = reading;
    return this.#nowMs;
  }

  #state(key: string, nowMs: bigint): ModelState | undefined {
    const state = this.#states.get(key);
    return state !== undefined && nowMs < this.#rule.freshAtMs(state, this.#exact) ? state : undefined;
  }

  #remaining(state: ModelState | undefined, nowMs: bigint): bigint {
    return this.#rule.remaining(state, this.#exact, nowMs);
  }

  #denied(state: ModelState | undefined, cost: number, nowMs: bigint): Decision {
    if (state === undefined || BigInt(cost) > this.#exact.limit) return this.#decision(false, state, Infinity, nowMs);
    const waitMs = this.#rule.fitsAtMs(state, this.#exact, BigInt(cost)) - nowMs;
    return this.#decision(false, state, Number(waitMs), nowMs);
  }

  #decision(allowed: boolean, state: ModelState | undefined, retryAfterMs: number, nowMs: bigint): Decision {
    const resetAfterMs = state === undefined ? 0n : this.#rule.freshAtMs(state, this.#exact) - nowMs;
    return {
      allowed,
      limit: this.policy.limit,
      remaining: Number(this.#remaining(state, nowMs)),
      resetAfterMs: Number(resetAfterMs),
      retryAfterMs,
      resetAfterSeconds: secondsRoundedUp(Number(resetAfterMs)),
      retryAfterSeconds: secondsRoundedUp(retryAfterMs),
    };
  }
}

function secondsRoundedUp(ms: number): number {
  if (ms === Infinity) return Infinity;
  return Number((BigInt(ms) + 999n) / 1000n);
}
