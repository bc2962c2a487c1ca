import type { WaitClock } from '../../clock/wait-clock.js';
import type { Decision, Engine, Policy, Units } from '../../contract.js';
import { RateLimitExceeded } from '../../errors.js';
import { flat } from '../../memory/fold.js';
import type { Signal } from '../../options/wait-options.js';
import { canEverFit } from '../../units.js';
import type { By } from '../call-policies.js';
import { onAbort } from './abort-listeners.js';
import { Turns } from './turns.js';
import { foresee } from './wait-foresight.js';
import { type Waiter, WaitQueue } from './wait-queue.js';

/** What somebody waits for. */
export interface Wanted {
  readonly units: Units;
  readonly by: By;
  readonly signal: Signal | undefined;
  /** Takes it, if it fits. */
  take(): Decision;
}

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
  wait(key: string, wanted: Wanted, maxWaitMs: number): Promise<Decision> {
    return new Promise((resolve, reject) => {
      const { units, by, signal } = wanted;
      if (signal?.aborted) throw signal.reason;
      if (this.#clock.hasNewTimers()) this.lookAgain();
      const policies = this.#engine.policies;
      const nowMs = this.#clock.now();
      const ahead = this.#ahead(key, policies, nowMs);
      const untilMs = nowMs + Math.floor(maxWaitMs) + this.#clock.lagMs;
      const comer = { ...wanted, untilMs, resolve, reject };
      if (ahead !== undefined && untilMs === Number.POSITIVE_INFINITY && canEverFit(units, by?.() ?? policies))
        return this.#join(ahead, comer); // whatever the wait, it is no longer than it may be
      const foreseen =
        ahead === undefined ? this.#engine.peek(key, units, by?.()) : this.#foresee(ahead, wanted, policies);
      if (ahead === undefined && foreseen.allowed) {
        const decision = wanted.take();
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
    if (queue === undefined || (queue.dueMs > nowMs && queue.fitsAll(policies))) return queue;
    this.#look(queue);
    return this.#queues.get(key);
  }

  /**
   * How one who comes would wait: by its cost alone where those ahead are still to be looked at, since some may go, or
   * where they have other limits.
   */
  #foresee(queue: WaitQueue, { units, by }: Wanted, policies: readonly Policy[]): Decision {
    const own = by?.() ?? policies;
    if (!canEverFit(units, own) || by !== undefined || queue.hasOwnLimits)
      return this.#engine.peek(queue.key, units, by?.());
    const ahead = this.#turns.has(queue) ? undefined : queue;
    return foresee(
      (of) => this.#engine.peek(queue.key, of),
      own,
      units,
      (i) => ahead?.unitsOf(i) ?? 0n,
    );
  }

  #join(queue: WaitQueue, comer: Omit<Waiter, 'queue' | 'place' | 'unlisten' | 'before' | 'behind'>): void {
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
      const foreseen = this.#engine.peek(key, waiter.units, waiter.by?.());
      const decision = foreseen.allowed ? waiter.take() : foreseen;
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
    const { policies } = this.#engine;
    if (queue.fitsAll(policies)) return true;
    for (let waiter = queue.first; waiter !== undefined; waiter = waiter.behind) {
      if (canEverFit(waiter.units, waiter.by?.() ?? policies)) continue;
      if (!step()) return false;
      this.#refuse(waiter, new RateLimitExceeded(queue.key, this.#engine.peek(queue.key, waiter.units, waiter.by?.())));
    }
    queue.measureAgain();
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
