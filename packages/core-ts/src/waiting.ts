import { onAbort } from './abort-listeners.js';
import type { Decision, Engine, Policy } from './contract.js';
import { RateLimitExceeded } from './errors.js';
import { flat } from './fold.js';
import { Turns } from './turns.js';
import type { WaitClock } from './wait-clock.js';
import { foresee, mostUnits } from './wait-foresight.js';
import type { Signal } from './wait-options.js';
import { type Waiter, WaitQueue } from './wait-queue.js';

/** Lets callers wait for units, first come first served per key: it peeks, and takes only what it admits. */
export class Waiting {
  readonly #engine: Engine;
  readonly #clock: WaitClock;
  readonly #queues = new Map<string, WaitQueue>();
  readonly #turns: Turns<WaitQueue>;

  constructor(engine: Engine, clock: WaitClock) {
    this.#engine = engine;
    this.#clock = clock;
    this.#turns = new Turns(clock, {
      go: (queue, step) => this.#serve(queue, step),
      fail: (queue, error) => this.#refuseAll(queue, error),
    });
  }

  /** O(1), but for a deadline: it is O(log waiters) where one ahead has a later one. */
  wait(key: string, cost: number, maxWaitMs: number, signal: Signal | undefined): Promise<Decision> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw signal.reason;
      if (this.#clock.hasNewTimers()) this.lookAgain();
      const policies = this.#engine.policies;
      const nowMs = this.#clock.now();
      const ahead = this.#ahead(key, policies, nowMs);
      const untilMs = nowMs + Math.floor(maxWaitMs) + this.#clock.lagMs;
      const comer = { cost, untilMs, signal, resolve, reject };
      if (ahead !== undefined && untilMs === Number.POSITIVE_INFINITY && cost <= mostUnits(policies))
        return this.#join(ahead, comer); // whatever the wait, it is no longer than it may be
      const foreseen = ahead === undefined ? this.#engine.peek(key, cost) : this.#foresee(ahead, cost, policies);
      if (ahead === undefined && foreseen.allowed) {
        const decision = this.#engine.check(key, cost);
        if (decision.allowed) return resolve(decision);
      }
      const { retryAfterMs } = foreseen;
      if (retryAfterMs === Number.POSITIVE_INFINITY || retryAfterMs > maxWaitMs)
        throw new RateLimitExceeded(key, foreseen);
      const queue = ahead ?? new WaitQueue(flat(key)); // or it could keep a whole header alive
      this.#join(queue, comer);
      if (this.#turns.has(queue)) return;
      this.#setTimer(queue, Math.min(untilMs, ahead === undefined ? nowMs + retryAfterMs : queue.dueMs), nowMs);
    });
  }

  /** Looks again at who waits for a key, or for any, after something was done to it. */
  lookAgain(key?: string): void {
    if (key === undefined) for (const queue of this.#queues.values()) this.#turns.add(queue);
    else this.#look(this.#queues.get(key));
    this.#turns.start();
  }

  #look(queue: WaitQueue | undefined): void {
    if (queue !== undefined) this.#turns.add(queue);
    this.#turns.start();
  }

  /** Who waits for the key still. */
  #ahead(key: string, policies: readonly Policy[], nowMs: number): WaitQueue | undefined {
    const queue = this.#queues.get(key);
    if (queue === undefined || (queue.dueMs > nowMs && queue.mostCost <= mostUnits(policies))) return queue;
    this.#look(queue);
    return this.#queues.get(key);
  }

  /** How one who comes would wait, by its cost alone where those ahead are still to be looked at: some may go. */
  #foresee(queue: WaitQueue, cost: number, policies: readonly Policy[]): Decision {
    if (cost > mostUnits(policies)) return this.#engine.peek(queue.key, cost);
    const units = this.#turns.has(queue) ? 0n : queue.units;
    return foresee(this.#engine, policies, queue.key, cost, units + BigInt(cost));
  }

  #join(queue: WaitQueue, comer: Pick<Waiter, 'cost' | 'untilMs' | 'signal' | 'resolve' | 'reject'>): void {
    const waiter: Waiter = { ...comer, queue, place: -1, unlisten: undefined, before: undefined, behind: undefined };
    const { signal } = waiter;
    if (signal !== undefined) {
      waiter.unlisten = onAbort(signal, () => {
        const isFirst = queue.first === waiter;
        this.#refuse(waiter, signal.reason);
        if (isFirst) this.#look(queue);
      });
    }
    queue.join(waiter);
    this.#queues.set(queue.key, queue);
  }

  /** Admits from the front what fits, refuses who would wait too long, and sets the timer for the next one. */
  #serve(queue: WaitQueue, step: () => boolean): boolean {
    const { key } = queue;
    queue.stopTimer();
    if (!this.#refuseWhatNeverFits(queue, step)) return false;
    for (let waiter = queue.first; waiter !== undefined; waiter = queue.first) {
      if (!step()) return false;
      if (waiter.signal?.aborted) {
        this.#refuse(waiter, waiter.signal.reason);
        continue;
      }
      const foreseen = this.#engine.peek(key, waiter.cost);
      const decision = foreseen.allowed ? this.#engine.check(key, waiter.cost) : foreseen;
      const nowMs = this.#clock.now();
      const late = isInTime(waiter, nowMs, decision) ? queue.lateAt(nowMs) : waiter;
      if (decision.allowed) {
        this.#leave(waiter);
        waiter.resolve(decision);
      } else if (late !== undefined) {
        this.#refuse(late, new RateLimitExceeded(key, decision));
      } else {
        this.#setTimer(queue, Math.min(nowMs + decision.retryAfterMs, queue.pressedMs), nowMs);
        return true;
      }
    }
    return true;
  }

  /** Wherever it stands: after an update, which another thread may have made. O(waiters), where one is refused. */
  #refuseWhatNeverFits(queue: WaitQueue, step: () => boolean): boolean {
    const most = mostUnits(this.#engine.policies);
    if (queue.mostCost <= most) return true;
    let mostCost = 0;
    for (let waiter = queue.first; waiter !== undefined; waiter = waiter.behind) {
      if (waiter.cost <= most) {
        mostCost = Math.max(mostCost, waiter.cost);
        continue;
      }
      if (!step()) return false;
      this.#refuse(waiter, new RateLimitExceeded(queue.key, this.#engine.peek(queue.key, waiter.cost)));
    }
    queue.mostCost = mostCost;
    return true;
  }

  #refuse(waiter: Waiter, reason: unknown): void {
    this.#leave(waiter);
    waiter.reject(reason);
  }

  /** Where nobody can tell any more when it would be whose turn, e.g. since the clock throws. */
  #refuseAll(queue: WaitQueue, reason: unknown): void {
    for (let waiter = queue.first; waiter !== undefined; waiter = queue.first) this.#refuse(waiter, reason);
  }

  #leave(waiter: Waiter): void {
    const { queue } = waiter;
    waiter.unlisten?.();
    queue.leave(waiter);
    if (queue.first !== undefined) return;
    queue.stopTimer();
    this.#queues.delete(queue.key);
  }

  /** Unless the one that it has is due before. */
  #setTimer(queue: WaitQueue, dueMs: number, nowMs: number): void {
    if (dueMs >= queue.dueMs) return;
    try {
      const cancel = this.#clock.after(Math.max(1, dueMs - nowMs), () => {
        queue.stopTimer();
        this.#look(queue);
      });
      queue.setTimer(dueMs, cancel);
    } catch (error) {
      this.#refuseAll(queue, error);
    }
  }
}

function isInTime({ untilMs }: Waiter, nowMs: number, { retryAfterMs }: Decision): boolean {
  return retryAfterMs !== Number.POSITIVE_INFINITY && nowMs + retryAfterMs <= untilMs;
}
