import type { Clock, Decision, Engine, Policy } from './contract.js';
import { RateLimitExceeded } from './errors.js';
import { currentTimers } from './fake-clocks.js';
import { OwnClock } from './own-clock.js';
import type { Signal } from './wait-options.js';

interface Waiter {
  readonly cost: number;
  readonly untilMs: number;
  admit(decision: Decision): void;
  refuse(reason: unknown): void;
}

/** Those who wait for one key, in the order in which they came, and the one timer that they have. */
interface Queue {
  readonly waiters: Set<Waiter>;
  cost: number;
  /** When the first of them will have waited as long as it may, or before. */
  earliestMs: number;
  cancelTimer: () => void;
}

/** By how much a timer may be early by an engine's own clock. */
const GRAIN_MS = 2;
/** What `setTimeout` can wait for; one who waits longer is looked at in between. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Lets callers wait for units, first come first served per key: it peeks, and takes only what it admits. */
export class Waiting {
  readonly #engine: Engine;
  readonly #policies: () => readonly Policy[];
  readonly #clock: Clock;
  readonly #grainMs: number;
  readonly #queues = new Map<string, Queue>();

  constructor(engine: Engine, policies: () => readonly Policy[], clock: Clock | undefined) {
    this.#engine = engine;
    this.#policies = policies;
    this.#clock = clock ?? new OwnClock();
    this.#grainMs = clock === undefined ? GRAIN_MS : 0;
  }

  /** How many keys have somebody waiting. */
  get keys(): number {
    return this.#queues.size;
  }

  wait(key: string, cost: number, maxWaitMs: number, signal: Signal | undefined): Promise<Decision> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw signal.reason;
      const queue = this.#queues.get(key) ?? newQueue();
      const ahead = queue.waiters.size;
      const foreseen = this.#foresee(key, queue.cost + cost, cost);
      if (ahead === 0 && foreseen.allowed) {
        const decision = this.#engine.check(key, cost);
        if (decision.allowed) return resolve(decision);
      }
      if (foreseen.retryAfterMs === Number.POSITIVE_INFINITY || foreseen.retryAfterMs > maxWaitMs)
        throw new RateLimitExceeded(key, foreseen);

      const leave = () => {
        signal?.removeEventListener('abort', abort);
        this.#leave(key, queue, waiter);
      };
      const waiter: Waiter = {
        cost,
        untilMs: this.#now() + maxWaitMs,
        admit: (decision) => {
          leave();
          resolve(decision);
        },
        refuse: (reason) => {
          leave();
          reject(reason);
        },
      };
      const abort = () => {
        const isFirst = first(queue) === waiter;
        waiter.refuse(signal?.reason);
        if (isFirst) this.#serve(key, queue);
      };
      signal?.addEventListener('abort', abort);
      this.#queues.set(key, queue);
      queue.waiters.add(waiter);
      queue.cost += cost;
      if (ahead === 0) this.#setTimer(key, queue, foreseen.retryAfterMs);
      if (waiter.untilMs < queue.earliestMs) {
        queue.earliestMs = waiter.untilMs;
        if (ahead > 0) this.#serve(key, queue);
      }
    });
  }

  /** Looks again at who waits for a key, or for any, where it may have got units back. */
  lookAgain(key?: string): void {
    const waiting = key === undefined ? [...this.#queues] : [[key, this.#queues.get(key)] as const];
    for (const [each, queue] of waiting) if (queue !== undefined) this.#serve(each, queue);
  }

  /** Admits from the front what fits, refuses what would wait too long, and sets the timer for the next one. */
  #serve(key: string, queue: Queue): void {
    queue.cancelTimer();
    for (let waiter = first(queue); waiter !== undefined; waiter = first(queue)) {
      const foreseen = this.#engine.peek(key, waiter.cost);
      const decision = foreseen.allowed ? this.#engine.check(key, waiter.cost) : foreseen;
      if (decision.allowed) {
        waiter.admit(decision);
      } else if (!this.#isInTime(decision, waiter)) {
        waiter.refuse(new RateLimitExceeded(key, decision));
      } else {
        this.#refuseLate(key, queue, decision);
        this.#setTimer(key, queue, Math.min(decision.retryAfterMs, queue.earliestMs - this.#now()));
        break;
      }
    }
  }

  /** Refuses those behind the first one who have waited as long as they may. O(waiters), where one has. */
  #refuseLate(key: string, queue: Queue, ahead: Decision): void {
    if (queue.earliestMs > this.#now()) return;
    queue.earliestMs = Number.POSITIVE_INFINITY;
    for (const waiter of queue.waiters) {
      if (waiter.untilMs <= this.#now()) waiter.refuse(new RateLimitExceeded(key, ahead));
      else queue.earliestMs = Math.min(queue.earliestMs, waiter.untilMs);
    }
  }

  /**
   * How one who comes now would wait: exactly if nobody is ahead. Behind others, it is when all their units
   * and its own can have been admitted at the earliest.
   */
  #foresee(key: string, withAhead: number, cost: number): Decision {
    if (withAhead === cost) return this.#engine.peek(key, cost);
    const policies = this.#policies();
    const most = Math.min(...policies.map(({ burst }) => burst));
    const decision = this.#engine.peek(key, cost > most ? cost : Math.min(withAhead, most));
    const beyond = policies.map((policy) => refillMs(policy, withAhead - policy.burst));
    const waitMs = decision.retryAfterMs;
    const retryAfterMs = policies.length === 1 ? waitMs + Math.max(0, ...beyond) : Math.max(waitMs, ...beyond);
    return { ...decision, allowed: false, retryAfterMs, retryAfterSeconds: Math.ceil(retryAfterMs / 1000) };
  }

  #isInTime({ retryAfterMs }: Decision, { untilMs }: Waiter): boolean {
    return retryAfterMs !== Number.POSITIVE_INFINITY && this.#now() + retryAfterMs <= untilMs + this.#grainMs;
  }

  #now(): number {
    return Math.floor(this.#clock.now());
  }

  #setTimer(key: string, queue: Queue, ms: number): void {
    queue.cancelTimer();
    const wake = () => this.#serve(key, queue);
    const dueMs = Math.min(Math.max(ms, 1), LONGEST_TIMER_MS);
    if (this.#clock.after !== undefined) {
      queue.cancelTimer = this.#clock.after(dueMs, wake);
    } else {
      const timers = currentTimers();
      const timer = timers.setTimeout(wake, dueMs);
      queue.cancelTimer = () => timers.clearTimeout(timer);
    }
  }

  #leave(key: string, queue: Queue, waiter: Waiter): void {
    queue.waiters.delete(waiter);
    queue.cost -= waiter.cost;
    if (queue.waiters.size > 0) return;
    queue.cancelTimer();
    this.#queues.delete(key);
  }
}

function newQueue(): Queue {
  return { waiters: new Set(), cost: 0, earliestMs: Number.POSITIVE_INFINITY, cancelTimer: () => {} };
}

function first({ waiters }: Queue): Waiter | undefined {
  return waiters.values().next().value;
}

/** In what time a policy admits so many units more than it can at once, at the least. */
function refillMs({ algorithm, limit, windowMs }: Policy, units: number): number {
  if (units <= 0) return 0;
  if (algorithm === 'token-bucket') return Math.floor((units / limit) * windowMs);
  return Math.floor(units / limit) * windowMs;
}
