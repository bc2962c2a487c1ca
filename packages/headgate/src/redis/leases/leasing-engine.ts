import type { Clock, Policy, Units } from '@headgate/core-ts';
import type { EngineInspection } from '../inspect/inspection.js';
import type { RemoteDecision, RemoteEngine, RemoteReserved, RemoteStats } from '../limiter/remote-engine.js';
import type { Answer, Decidable, Granted, Pending } from '../wire/call.js';
import { Heat } from './heat.js';
import { Lease, usableMs } from './lease.js';
import { type ReadLeaseOptions, refuseBuckets } from './lease-options.js';
import { LOCAL_CLOCK } from './local-clock.js';

/** An engine whose units can be leased. */
export interface Lessor extends RemoteEngine {
  lease(key: string, most: number, parts: number): Promise<Granted>;
  isDenied(key: string, cost: Units): boolean;
  inspect(deadlineMs: number, key?: string): Promise<EngineInspection>;
  without(call: Decidable, reason: unknown): Promise<Answer>;
}

/** So many keys have a lease at one time. */
const MOST_LEASED = 1000;
/** Units that can be used for less time than this are given back at once. */
const LEAST_MS = 1;

/** A call that takes so many units by the limiter's own policies: what a lease decides. */
type Plain = Decidable & { readonly kind: 'allow' | 'check'; readonly cost: number };

/**
 * Takes units of hot keys from the server, many at a time, and decides on them in this process. Whatever a lease does not
 * decide gives it back first, in the same script call, so it finds all that this process has. While a lease is on its way,
 * the calls of its key wait for it, in their order.
 */
export class LeasingEngine implements RemoteEngine {
  readonly backend: string;
  readonly #engine: Lessor;
  readonly #options: ReadLeaseOptions;
  /** A lease is no more than such a part of what is left. */
  readonly #parts: number;
  readonly #clock: Required<Clock>;
  readonly #heat = new Heat();
  readonly #leases = new Map<string, { readonly lease: Lease; readonly stop: () => void }>();
  readonly #waiting = new Map<string, Pending[]>();
  /** Goes up where leases that are on their way are not wanted any more. */
  #epoch = 0;
  #isClosed = false;
  /** Leases that were asked for, and those that are given back. */
  readonly #onTheirWay = new Set<Promise<unknown>>();
  #allowed = 0;

  /** @throws RangeError where a policy is no window. */
  constructor(engine: Lessor, options: ReadLeaseOptions, expectedInstances: number, clock = LOCAL_CLOCK) {
    refuseBuckets(engine.policies);
    this.backend = engine.backend;
    this.#engine = engine;
    this.#options = options;
    this.#parts = 2 * expectedInstances;
    this.#clock = clock;
  }

  get policies(): readonly Policy[] {
    return this.#engine.policies;
  }

  async allow(key: string, cost: Units, by?: readonly Policy[]): Promise<boolean> {
    return this.#call({ kind: 'allow', key, cost, by }) as Promise<boolean>;
  }

  async check(key: string, cost: Units, by?: readonly Policy[]): Promise<RemoteDecision> {
    return this.#call({ kind: 'check', key, cost, by }) as Promise<RemoteDecision>;
  }

  async peek(key: string, cost: Units, by?: readonly Policy[]): Promise<RemoteDecision> {
    return this.#call({ kind: 'peek', key, cost, by }) as Promise<RemoteDecision>;
  }

  async reserve(key: string, cost: Units, by?: readonly Policy[]): Promise<RemoteReserved> {
    return this.#call({ kind: 'reserve', key, cost, by }) as Promise<RemoteReserved>;
  }

  async settle(key: string, number: number, estimate: Units, actual: Units, by?: readonly Policy[]) {
    return this.#call({ kind: 'settle', key, number, estimate, actual, by }) as Promise<RemoteDecision>;
  }

  async block(key: string, ms: number): Promise<boolean> {
    return this.#call({ kind: 'block', key, ms }) as Promise<boolean>;
  }

  async reset(key: string): Promise<boolean> {
    return this.#call({ kind: 'reset', key }) as Promise<boolean>;
  }

  /** What is leased while it runs is given back too: its key may have been forgotten after that. */
  async clear(): Promise<void> {
    this.#giveAllBack();
    await this.#engine.clear().finally(() => this.#giveAllBack());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#giveAllBack();
    // A lease that comes now is given back at once.
    while (this.#onTheirWay.size > 0) await Promise.all(this.#onTheirWay);
  }

  update(policies: readonly Policy[]): void {
    this.#giveAllBack();
    this.#engine.update(policies);
  }

  stats(): RemoteStats {
    const stats = this.#engine.stats();
    return {
      ...stats,
      allowed: stats.allowed + this.#allowed,
      totalChecks: stats.totalChecks + this.#allowed,
    };
  }

  inspect(deadlineMs: number, key?: string): Promise<EngineInspection> {
    return this.#engine.inspect(deadlineMs, key);
  }

  #call(call: Decidable): Answer | Promise<Answer> {
    const waiting = this.#waiting.get(call.key);
    if (waiting !== undefined) return new Promise((resolve, reject) => void waiting.push({ call, resolve, reject }));
    const decided = this.#decide(call);
    if (decided !== undefined) return decided;
    const answer = this.#ask(call);
    this.#leaseIfHot(call);
    return answer;
  }

  /** By a lease; one that can't decide the call is given back. */
  #decide(call: Decidable): Answer | undefined {
    const held = this.#leases.get(call.key);
    if (held === undefined) return undefined;
    const nowMs = this.#clock.now();
    if (isPlain(call) && held.lease.take(call.cost, nowMs)) {
      this.#allowed++;
      return call.kind === 'allow' ? true : held.lease.told(nowMs);
    }
    this.#giveBack(call.key);
    return undefined;
  }

  #ask(call: Decidable): Promise<Answer> {
    const engine = this.#engine;
    switch (call.kind) {
      case 'allow':
        return engine.allow(call.key, call.cost, call.by);
      case 'check':
        return engine.check(call.key, call.cost, call.by);
      case 'peek':
        return engine.peek(call.key, call.cost, call.by);
      case 'reserve':
        return engine.reserve(call.key, call.cost, call.by);
      case 'settle':
        return engine.settle(call.key, call.number, call.estimate, call.actual, call.by);
      case 'block':
        return engine.block(call.key, call.ms);
      case 'reset':
        return engine.reset(call.key);
    }
  }

  /** Behind the call that the key is hot by, in the same script call. */
  #leaseIfHot(call: Decidable): void {
    if (this.#isClosed || !isPlain(call) || call.cost === 0 || this.#engine.isDenied(call.key, call.cost)) return;
    const perSecond = this.#heat.note(call.key, 1, this.#clock.now());
    if (perSecond < this.#options.fromPerSecond || this.#leases.size + this.#waiting.size >= MOST_LEASED) return;
    this.#lease(call.key, Math.max(2, Math.min(this.#options.mostUnits, perSecond * call.cost)));
  }

  #lease(key: string, most: number): void {
    const [sentAtMs, epoch] = [this.#clock.now(), this.#epoch];
    const waiting: Pending[] = [];
    this.#waiting.set(key, waiting);
    const goOn = (last: (pending: Pending) => void) => {
      this.#waiting.delete(key);
      waiting.forEach(last);
    };
    const answered = this.#engine.lease(key, most, this.#parts).then(
      (granted) => {
        if ('reason' in granted) {
          this.#heat.cool(key, this.#clock.now(), this.#options.mostMs);
          goOn(({ call, resolve, reject }) =>
            this.#engine.without(call as Decidable, granted.reason).then(resolve, reject),
          );
          return;
        }
        this.#hold(key, granted, sentAtMs, epoch);
        goOn((pending) => this.#goOn(pending));
        const last = waiting.at(-1)?.call;
        if (last !== undefined && !this.#leases.has(key)) this.#leaseIfHot(last as Decidable);
      },
      // What is wrong with the key, each call is told by itself.
      () => {
        this.#heat.cool(key, this.#clock.now(), this.#options.mostMs);
        goOn(({ call, resolve, reject }) => this.#ask(call as Decidable).then(resolve, reject));
      },
    );
    this.#note(answered);
  }

  #goOn({ call, resolve, reject }: Pending): void {
    const decided = this.#decide(call as Decidable);
    if (decided !== undefined) resolve(decided);
    else this.#ask(call as Decidable).then(resolve, reject);
  }

  #hold(
    key: string,
    { units, number, decision }: Exclude<Granted, { reason: unknown }>,
    sentAtMs: number,
    epoch: number,
  ): void {
    const nowMs = this.#clock.now();
    const { mostMs } = this.#options;
    const endsAtMs = epoch === this.#epoch ? sentAtMs + usableMs(this.policies, decision, mostMs) : nowMs;
    if (units > 0 && endsAtMs - nowMs >= LEAST_MS) {
      const lease = new Lease(key, number, units, sentAtMs, endsAtMs, decision);
      const stop = this.#clock.after(Math.ceil(endsAtMs - nowMs), () => this.#giveBack(key));
      this.#leases.set(key, { lease, stop });
      return;
    }
    if (units > 0) this.#settle(key, number, units, 0);
    this.#heat.cool(key, nowMs, Math.min(mostMs, decision.resetAfterMs));
  }

  #giveBack(key: string): void {
    const held = this.#leases.get(key);
    if (held === undefined) return;
    this.#leases.delete(key);
    held.stop();
    const { number, units, used, calls } = held.lease;
    this.#heat.note(key, calls, this.#clock.now());
    this.#settle(key, number, units, used);
  }

  /** What can't be given back counts as used until its window ends. */
  #settle(key: string, number: number, units: number, used: number): void {
    this.#note(this.#engine.settle(key, number, units, used).catch(() => undefined));
  }

  #note(answered: Promise<unknown>): void {
    const noted = answered.finally(() => this.#onTheirWay.delete(noted));
    this.#onTheirWay.add(noted);
  }

  #giveAllBack(): void {
    this.#epoch++;
    for (const key of [...this.#leases.keys()]) this.#giveBack(key);
  }
}

function isPlain(call: Decidable): call is Plain {
  return (call.kind === 'allow' || call.kind === 'check') && call.by === undefined && typeof call.cost === 'number';
}
