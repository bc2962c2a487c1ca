import {
  type CallOptions,
  type Clock,
  type Cost,
  type Decision,
  MAX_WINDOW_MS,
  type Policy,
  type PolicyChanges,
  type PolicyRow,
  type Stats,
} from '@headgate/core-ts';
import {
  type Asked,
  byTheClock,
  exactOf,
  later,
  type ModelKey,
  type ModelReservation,
  type ModelRule,
  modelRule,
  secondsRoundedUp,
  tightestOf,
  withLimit,
} from './model-rule.js';
import { atLeast0, least } from './rule.js';
import { ModelTime } from './time.js';

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
  /** Since when calls come with limits of their own: what is taken from then on is held for as long as any needs. */
  #keptFromMs: bigint | undefined;
  #allowed = 0;
  #blocked = 0;
  #takings = 0;

  constructor(policies: readonly Policy[], clock: Clock) {
    this.#policies = policies.map(modelRule);
    this.#denied = policies.map(() => 0);
    this.#clock = clock;
    this.#time = new ModelTime(BigInt(clock.now()));
  }

  allow(key: string, cost: Cost = 1, options?: CallOptions): boolean {
    return this.check(key, cost, options).allowed;
  }

  check(key: string, cost: Cost = 1, options?: CallOptions): Decision {
    return this.#check(key, this.#asked(cost, options));
  }

  #check(key: string, asked: Asked): Decision {
    const nowMs = this.#now();
    const before = this.#key(key, nowMs);
    if (!this.#fits(before, asked, nowMs)) {
      this.#blocked++;
      const after = this.#afterDenial(before, asked, nowMs);
      if (after !== undefined) this.#keys.set(key, after);
      const binding = this.#bindingOf(before, asked, nowMs);
      this.#denied[binding] = (this.#denied[binding] ?? 0) + 1;
      return this.#decision(false, after, asked, nowMs);
    }
    this.#allowed++;
    const after = asked.costs.every((cost) => cost === 0n) ? before : this.#take(before, asked, nowMs);
    if (after !== undefined) this.#keys.set(key, after);
    return this.#decision(true, after, asked, nowMs);
  }

  peek(key: string, cost: Cost = 1, options?: CallOptions): Decision {
    return this.#peek(key, this.#asked(cost, options));
  }

  #peek(key: string, asked: Asked): Decision {
    const nowMs = this.#now();
    const state = this.#key(key, nowMs);
    if (this.#fits(state, asked, nowMs)) return this.#decision(true, state, asked, nowMs);
    return this.#decision(false, this.#afterDenial(state, asked, nowMs), asked, nowMs);
  }

  remaining(key: string, options?: CallOptions): number {
    return this.peek(key, 1, options).remaining;
  }

  reserve(key: string, estimate: Cost, options?: CallOptions): ModelReservation {
    const asked = this.#asked(estimate, options);
    const decision = this.#check(key, asked);
    const number = decision.allowed && asked.costs.some((cost) => cost > 0n) ? this.#takings : 0;
    if (number > 0) this.#open.set(key, [...(this.#open.get(key) ?? []), number].slice(-MOST_OPEN_OF_KEY));
    let settled = false;
    const commit = (actual: Cost) => {
      settled = true;
      const costs = this.#costsOf(actual).map((cost, i) => cost - (asked.costs[i] ?? 0n));
      const { rules } = this.#asked(0, options);
      this.#settle(key, number, { rules, costs });
      return this.#peek(key, { rules, costs: costs.map(() => 0n) });
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

  #settle(key: string, number: number, more: Asked): void {
    const nowMs = this.#now();
    const held = this.#key(key, nowMs);
    const open = this.#open.get(key) ?? [];
    this.#open.set(
      key,
      open.filter((each) => each !== number),
    );
    if (held !== undefined && open.includes(number)) {
      const states = more.rules.map(({ rule, exact }, i) => {
        const [state, units] = [held.states[i], -(more.costs[i] ?? 0n)];
        if (state === undefined || units <= 0n) return state;
        return rule.giveBack(state, exact, { number, units }, nowMs);
      });
      this.#keys.set(key, { ...held, states });
    }
    const beyond = { rules: more.rules, costs: more.costs.map(atLeast0) };
    if (beyond.costs.some((cost) => cost > 0n)) this.#keys.set(key, this.#take(this.#key(key, nowMs), beyond, nowMs));
  }

  #asked(cost: Cost, options: CallOptions | undefined): Asked {
    const costs = this.#costsOf(cost);
    const limit = options?.limit;
    if (limit === undefined) return { rules: this.#policies, costs };
    this.#keptFromMs ??= this.#now();
    return { rules: this.#policies.map((each) => withLimit(each, limit)), costs };
  }

  #costsOf(cost: Cost): readonly bigint[] {
    return this.#policies.map(({ policy }) => BigInt(typeof cost === 'number' ? cost : (cost[policy.name] ?? 0)));
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
    const states = this.#policies.map((_, i) => {
      const state = held.states[i];
      return state !== undefined && nowMs < this.#freshAtMs(i, state) ? state : undefined;
    });
    const live = held.blockedUntilMs > nowMs || states.some((state) => state !== undefined);
    return live ? { states, blockedUntilMs: later(held.blockedUntilMs, nowMs) } : undefined;
  }

  #freshAtMs(index: number, state: unknown): bigint {
    const { rule, exact, policy } = this.#policies[index] as ModelRule;
    const fromMs = rule.repaidFromMs?.(state, exact);
    const freshAtMs = rule.freshAtMs(state, exact);
    if (fromMs === undefined || this.#keptFromMs === undefined || fromMs < this.#keptFromMs) return freshAtMs;
    const longestMs = policy.burst === policy.limit ? exact.windowMs : exact.burst * exact.windowMs;
    return later(freshAtMs, fromMs + least(longestMs, BigInt(MAX_WINDOW_MS)));
  }

  #fits(key: ModelKey | undefined, { rules, costs }: Asked, nowMs: bigint): boolean {
    if (key !== undefined && key.blockedUntilMs > nowMs) return false;
    return rules.every(({ rule, exact }, i) => (costs[i] ?? 0n) <= rule.remaining(key?.states[i], exact, nowMs));
  }

  #take(key: ModelKey | undefined, { rules, costs }: Asked, nowMs: bigint): ModelKey {
    const number = ++this.#takings;
    const states = rules.map(({ rule, exact }, i) => {
      const [state, units] = [key?.states[i], costs[i] ?? 0n];
      return units === 0n ? state : rule.take(state, exact, { number, units }, nowMs);
    });
    return { states, blockedUntilMs: key?.blockedUntilMs ?? nowMs };
  }

  /** A denial starts the longest block of the policies that deny, unless one runs or the cost can never fit. */
  #afterDenial(key: ModelKey | undefined, { rules, costs }: Asked, nowMs: bigint): ModelKey | undefined {
    if (key === undefined || key.blockedUntilMs > nowMs) return key;
    if (rules.some(({ exact }, i) => (costs[i] ?? 0n) > exact.burst)) return key;
    const denying = rules.filter(
      ({ rule, exact }, i) => (costs[i] ?? 0n) > rule.remaining(key.states[i], exact, nowMs),
    );
    const forMs = Math.max(...denying.map(({ policy }) => policy.blockForMs));
    return { ...key, blockedUntilMs: nowMs + BigInt(forMs) };
  }

  #decision(allowed: boolean, key: ModelKey | undefined, asked: Asked, nowMs: bigint): Decision {
    const policies = this.#rows(allowed, key, asked, nowMs).map((row) => byTheClock(row, Number(this.#time.behindMs)));
    const index = allowed ? tightestOf(policies) : this.#bindingOf(key, asked, nowMs);
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

  #rows(allowed: boolean, key: ModelKey | undefined, asked: Asked, nowMs: bigint): PolicyRow[] {
    const blockedMs = key === undefined ? 0 : Number(key.blockedUntilMs - nowMs);
    return asked.rules.map(({ policy, rule, exact }, i) => {
      const state = key?.states[i];
      const left = rule.remaining(state, exact, nowMs);
      const resetMs = state === undefined ? 0 : Number(atLeast0(rule.freshAtMs(state, exact) - nowMs));
      return {
        name: policy.name,
        limit: policy.limit,
        remaining: blockedMs > 0 ? 0 : Number(left),
        resetAfterMs: Math.max(blockedMs, resetMs),
        retryAfterMs: allowed ? 0 : Math.max(blockedMs, this.#waitMs(i, key, asked, nowMs)),
      };
    });
  }

  /** How long a cost has to wait for one policy alone, whatever else denies it. */
  #waitMs(index: number, key: ModelKey | undefined, { rules, costs }: Asked, nowMs: bigint): number {
    const { rule, exact } = rules[index] as ModelRule;
    const cost = costs[index] ?? 0n;
    const state = key?.states[index];
    if (cost > exact.burst) return Infinity;
    if (state === undefined || cost <= rule.remaining(state, exact, nowMs)) return 0;
    return Number(rule.fitsAtMs(state, exact, cost) - nowMs);
  }

  /** Which policy binds a denial: the longest wait, the first of those. A block is nobody's. */
  #bindingOf(key: ModelKey | undefined, asked: Asked, nowMs: bigint): number {
    const waits = asked.rules.map((_, i) => this.#waitMs(i, key, asked, nowMs));
    return waits.indexOf(Math.max(...waits));
  }
}
