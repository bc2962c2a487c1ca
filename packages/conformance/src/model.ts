import type { Algorithm, Clock, Decision, Policy, PolicyChanges, PolicyRow, Stats } from '@headgate/core-ts';
import { fixedWindow } from './model/fixed-window.js';
import type { ModelPolicy, Rule } from './model/rule.js';
import { slidingWindow } from './model/sliding-window.js';
import { ModelTime } from './model/time.js';
import { tokenBucket } from './model/token-bucket.js';

const RULES = {
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  'token-bucket': tokenBucket,
} as Record<Algorithm, Rule>;

interface ModelRule {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly exact: ModelPolicy;
}

/** As a limiter's, but for the errors. */
interface ModelReservation {
  readonly decision: Decision;
  readonly settled: boolean;
  commit(actual: number): Decision;
  cancel(): Decision;
}

interface ModelKey {
  /** One per policy. */
  readonly states: readonly unknown[];
  readonly blockedUntilMs: bigint;
}

/** The most reservations of a key that are open; those of all keys that a law opens are far below their own most. */
const MOST_OPEN_OF_KEY = 1024;

/**
 * A limiter that is obviously right rather than fast: exact integers, one map, and no state that is
 * expired is ever looked at.
 */
export class Model {
  #policies: readonly ModelRule[];
  readonly #clock: Clock;
  readonly #keys = new Map<string, ModelKey>();
  /** The numbers of what is reserved and not settled, by key. */
  readonly #open = new Map<string, readonly number[]>();
  readonly #denied: number[];
  readonly #time: ModelTime;
  #allowed = 0;
  #blocked = 0;
  #takings = 0;

  constructor(policies: readonly Policy[], clock: Clock) {
    this.#policies = policies.map(modelRule);
    this.#denied = policies.map(() => 0);
    this.#clock = clock;
    this.#time = new ModelTime(BigInt(clock.now()));
  }

  allow(key: string, cost = 1): boolean {
    return this.check(key, cost).allowed;
  }

  check(key: string, cost = 1): Decision {
    const nowMs = this.#now();
    const before = this.#key(key, nowMs);
    if (!this.#fits(before, BigInt(cost), nowMs)) {
      this.#blocked++;
      const after = this.#afterDenial(before, BigInt(cost), nowMs);
      if (after !== undefined) this.#keys.set(key, after);
      const binding = this.#bindingOf(before, BigInt(cost), nowMs);
      this.#denied[binding] = (this.#denied[binding] ?? 0) + 1;
      return this.#decision(false, after, BigInt(cost), nowMs);
    }
    this.#allowed++;
    const after = cost === 0 ? before : this.#take(before, BigInt(cost), nowMs);
    if (after !== undefined) this.#keys.set(key, after);
    return this.#decision(true, after, BigInt(cost), nowMs);
  }

  peek(key: string, cost = 1): Decision {
    const nowMs = this.#now();
    const state = this.#key(key, nowMs);
    if (this.#fits(state, BigInt(cost), nowMs)) return this.#decision(true, state, BigInt(cost), nowMs);
    return this.#decision(false, this.#afterDenial(state, BigInt(cost), nowMs), BigInt(cost), nowMs);
  }

  remaining(key: string): number {
    return this.peek(key).remaining;
  }

  reserve(key: string, estimate: number): ModelReservation {
    const decision = this.check(key, estimate);
    const number = decision.allowed && estimate > 0 ? this.#takings : 0;
    if (number > 0) this.#open.set(key, [...(this.#open.get(key) ?? []), number].slice(-MOST_OPEN_OF_KEY));
    let settled = false;
    const commit = (actual: number) => {
      settled = true;
      this.#settle(key, number, BigInt(actual) - BigInt(estimate));
      return this.peek(key, 0);
    };
    return {
      decision,
      get settled() {
        return settled;
      },
      commit,
      cancel: () => commit(0),
    };
  }

  #settle(key: string, number: number, more: bigint): void {
    const nowMs = this.#now();
    const held = this.#key(key, nowMs);
    const open = this.#open.get(key) ?? [];
    this.#open.set(
      key,
      open.filter((each) => each !== number),
    );
    if (more > 0n) this.#keys.set(key, this.#take(held, more, nowMs));
    if (more >= 0n || held === undefined || !open.includes(number)) return;
    const states = this.#policies.map(({ rule, exact }, i) =>
      held.states[i] === undefined ? undefined : rule.giveBack(held.states[i], exact, { number, units: -more }),
    );
    this.#keys.set(key, { ...held, states });
  }

  /** To numbers that are all given. */
  update({ limits }: PolicyChanges): void {
    const nowMs = this.#now();
    const next = this.#policies.map(({ policy }, i) =>
      modelRule({ ...policy, burst: NaN, ...(limits[i] as Partial<Policy>) }),
    );
    for (const key of this.#keys.keys()) {
      const held = this.#key(key, nowMs);
      const states = this.#policies.map(({ rule, exact }, i) =>
        held?.states[i] === undefined ? undefined : rule.change(held.states[i], exact, exactOf(next, i), nowMs),
      );
      this.#keys.set(key, { states, blockedUntilMs: held?.blockedUntilMs ?? nowMs });
    }
    this.#policies = next;
  }

  block(key: string, ms: number): boolean {
    const nowMs = this.#now();
    const { states, blockedUntilMs } = this.#key(key, nowMs) ?? { states: [], blockedUntilMs: nowMs };
    this.#keys.set(key, { states, blockedUntilMs: later(blockedUntilMs, nowMs + BigInt(ms)) });
    return true;
  }

  reset(key: string): boolean {
    const live = this.#key(key, this.#now()) !== undefined;
    this.#keys.delete(key);
    return live;
  }

  clear(): void {
    this.#keys.clear();
  }

  cleanupExpired(): number {
    const nowMs = this.#now();
    const held = this.#keys.size;
    for (const key of this.#keys.keys()) {
      if (this.#key(key, nowMs) === undefined) this.#keys.delete(key);
    }
    return held - this.#keys.size;
  }

  stats(): Stats {
    return {
      allowed: this.#allowed,
      blocked: this.#blocked,
      totalChecks: this.#allowed + this.#blocked,
      activeKeys: this.#keys.size,
      evictions: 0,
      rejectedFull: 0,
      policies: this.#policies.map(({ policy }, i) => ({ name: policy.name, denied: this.#denied[i] ?? 0 })),
    };
  }

  #now(): bigint {
    return this.#time.read(BigInt(this.#clock.now()));
  }

  /** What is live of the key, without the states that are over. */
  #key(key: string, nowMs: bigint): ModelKey | undefined {
    const held = this.#keys.get(key);
    if (held === undefined) return undefined;
    const states = this.#policies.map(({ rule, exact }, i) => {
      const state = held.states[i];
      return state !== undefined && nowMs < rule.freshAtMs(state, exact) ? state : undefined;
    });
    const live = held.blockedUntilMs > nowMs || states.some((state) => state !== undefined);
    return live ? { states, blockedUntilMs: later(held.blockedUntilMs, nowMs) } : undefined;
  }

  #fits(key: ModelKey | undefined, cost: bigint, nowMs: bigint): boolean {
    if (key !== undefined && key.blockedUntilMs > nowMs) return false;
    return this.#policies.every(({ rule, exact }, i) => cost <= rule.remaining(key?.states[i], exact, nowMs));
  }

  #take(key: ModelKey | undefined, cost: bigint, nowMs: bigint): ModelKey {
    const taking = { number: ++this.#takings, units: cost };
    const states = this.#policies.map(({ rule, exact }, i) => rule.take(key?.states[i], exact, taking, nowMs));
    return { states, blockedUntilMs: key?.blockedUntilMs ?? nowMs };
  }

  /** A denial starts the longest block of the policies that deny, unless one runs or the cost can never fit. */
  #afterDenial(key: ModelKey | undefined, cost: bigint, nowMs: bigint): ModelKey | undefined {
    if (key === undefined || key.blockedUntilMs > nowMs) return key;
    if (this.#policies.some(({ exact }) => cost > exact.burst)) return key;
    const denying = this.#policies.filter(({ rule, exact }, i) => cost > rule.remaining(key.states[i], exact, nowMs));
    const forMs = Math.max(...denying.map(({ policy }) => policy.blockForMs));
    return { ...key, blockedUntilMs: nowMs + BigInt(forMs) };
  }

  #decision(allowed: boolean, key: ModelKey | undefined, cost: bigint, nowMs: bigint): Decision {
    const policies = this.#rows(allowed, key, cost, nowMs).map((row) => byTheClock(row, Number(this.#time.behindMs)));
    const index = allowed ? tightestOf(policies) : this.#bindingOf(key, cost, nowMs);
    const { name, ...binding } = policies[index] as PolicyRow;
    return {
      allowed,
      ...binding,
      resetAfterSeconds: secondsRoundedUp(binding.resetAfterMs),
      retryAfterSeconds: secondsRoundedUp(binding.retryAfterMs),
      policy: name,
      policies,
    };
  }

  #rows(allowed: boolean, key: ModelKey | undefined, cost: bigint, nowMs: bigint): PolicyRow[] {
    const blockedMs = key === undefined ? 0 : Number(key.blockedUntilMs - nowMs);
    return this.#policies.map(({ policy, rule, exact }, i) => {
      const state = key?.states[i];
      const left = rule.remaining(state, exact, nowMs);
      const resetMs = state === undefined ? 0 : Number(rule.freshAtMs(state, exact) - nowMs);
      return {
        name: policy.name,
        limit: policy.limit,
        remaining: blockedMs > 0 ? 0 : Number(left),
        resetAfterMs: Math.max(blockedMs, resetMs),
        retryAfterMs: allowed ? 0 : Math.max(blockedMs, this.#waitMs(i, key, cost, nowMs)),
      };
    });
  }

  /** How long a cost has to wait for one policy alone, whatever else denies it. */
  #waitMs(index: number, key: ModelKey | undefined, cost: bigint, nowMs: bigint): number {
    const { rule, exact } = this.#policies[index] as ModelRule;
    const state = key?.states[index];
    if (cost > exact.burst) return Infinity;
    if (state === undefined || cost <= rule.remaining(state, exact, nowMs)) return 0;
    return Number(rule.fitsAtMs(state, exact, cost) - nowMs);
  }

  /** Which policy binds a denial: the longest wait, the first of those. A block is nobody's. */
  #bindingOf(key: ModelKey | undefined, cost: bigint, nowMs: bigint): number {
    const waits = this.#policies.map((_, i) => this.#waitMs(i, key, cost, nowMs));
    return waits.indexOf(Math.max(...waits));
  }
}

function modelRule(policy: Policy): ModelRule {
  const burst = Number.isNaN(policy.burst) ? policy.limit : policy.burst;
  const exact = { limit: BigInt(policy.limit), windowMs: BigInt(policy.windowMs), burst: BigInt(burst) };
  return { policy: { ...policy, burst }, rule: RULES[policy.algorithm], exact };
}

function exactOf(rules: readonly ModelRule[], index: number): ModelPolicy {
  return (rules[index] as ModelRule).exact;
}

/** Of an allowed call: the fewest units left, then the later reset, then the first. */
function tightestOf(rows: readonly PolicyRow[]): number {
  const fewest = Math.min(...rows.map(({ remaining }) => remaining));
  const latest = Math.max(...rows.filter((row) => row.remaining === fewest).map((row) => row.resetAfterMs));
  return rows.findIndex((row) => row.remaining === fewest && row.resetAfterMs === latest);
}

/** So much longer, where the limiter's time stands until the clock is where it was. */
function byTheClock(row: PolicyRow, behindMs: number): PolicyRow {
  const { resetAfterMs, retryAfterMs } = row;
  return {
    ...row,
    resetAfterMs: resetAfterMs === 0 ? 0 : resetAfterMs + behindMs,
    retryAfterMs: retryAfterMs === 0 ? 0 : retryAfterMs + behindMs,
  };
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function secondsRoundedUp(ms: number): number {
  if (ms === Infinity) return Infinity;
  return Number((BigInt(ms) + 999n) / 1000n);
}
