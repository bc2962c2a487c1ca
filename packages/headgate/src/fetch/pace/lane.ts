import { decision, onAbort, RateLimitExceeded, type Signal, type WaitClock } from '@headgate/core-ts';
import type { Told } from '../told/told.js';
import type { Stay } from './limit-notes.js';
import { type Sent, ServerPace } from './server-pace.js';

/** One who stays until the server's word lets it go. */
interface Waiter {
  readonly place: number;
  readonly untilMs: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/** The calls of one key, in the order in which they came, and the pace of the server that they go to. */
export class Lane {
  readonly key: string;
  readonly #clock: WaitClock;
  readonly #pace: ServerPace;
  /** By their places. */
  readonly #waiters: Waiter[] = [];
  #places = 0;
  /** Calls that were let go and have not gone: they wait for the limiter. */
  #leaving = 0;
  #cancelTimer: (() => void) | undefined;

  /** Calls that are somewhere between their coming and their answer. */
  present = 0;

  constructor(key: string, clock: WaitClock, spreadBelow: number) {
    this.key = key;
    this.#clock = clock;
    this.#pace = new ServerPace(spreadBelow);
  }

  /** A place in the order; who has to stay once more keeps it. */
  place(): number {
    return ++this.#places;
  }

  /**
   * Resolves when the call of this place may go: then it has to `send` or to `stepBack`. Rejects with the reason of an
   * aborted signal, and with `RateLimitExceeded` at once where it would stay longer than `maxWaitMs`.
   */
  async turn(place: number, maxWaitMs: number, signal: Signal | undefined): Promise<void> {
    if (signal?.aborted) throw signal.reason;
    const stops: (() => void)[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        const waiter: Waiter = { place, untilMs: this.#clock.now() + maxWaitMs, resolve, reject };
        this.#join(waiter);
        this.#go();
        if (!this.#waiters.includes(waiter)) return;
        if (signal !== undefined) stops.push(onAbort(signal, () => this.#dismiss(waiter, signal.reason)));
        if (maxWaitMs !== Number.POSITIVE_INFINITY) stops.push(this.#timeOut(waiter));
      });
    } finally {
      for (const stop of stops) stop();
    }
  }

  /** Notes a call that goes now; `undefined` where it has to stay again, since an answer came meanwhile. */
  send(): Sent | undefined {
    const nowMs = this.#clock.now();
    this.#leaving--;
    const sent = this.#pace.stay(nowMs, 0).ms > 0 ? undefined : this.#pace.sent(nowMs);
    this.#go();
    return sent;
  }

  /** Notes a call that goes to another key now, and from there maybe here. */
  sendPast(): Sent {
    return this.#pace.sent(this.#clock.now());
  }

  stepBack(): void {
    this.#leaving--;
    this.#go();
  }

  failed(sent: Sent): void {
    this.#pace.failed(sent);
    this.#go();
  }

  /** The call has an answer; `told`: what that says of this key, where it says something of it. */
  answered(sent: Sent, told: Told | undefined): void {
    this.#pace.answered(sent);
    if (told !== undefined) this.#pace.note(told, this.#clock.now(), sent);
    this.#go();
  }

  /** What the answer to a call of another key tells of this one. */
  note(told: Told): void {
    this.#pace.note(told, this.#clock.now(), undefined);
    this.#go();
  }

  /** How long the next call has to stay at the least. */
  stayMs(): number {
    return this.#pace.stay(this.#clock.now(), 0).sureMs;
  }

  /** Whether a call that comes from another key has to stay; how calls are spread doesn't count. */
  isHeld(): boolean {
    return this.#pace.isHeld(this.#clock.now());
  }

  isForgettable(): boolean {
    return this.present === 0 && this.#pace.isForgettable(this.#clock.now());
  }

  #join(waiter: Waiter): void {
    const behind = this.#waiters.findIndex(({ place }) => place > waiter.place);
    this.#waiters.splice(behind < 0 ? this.#waiters.length : behind, 0, waiter);
  }

  /** Lets go who may, refuses who would stay too long, and wakes when there is more to do. */
  #go(): void {
    this.#stopTimer();
    for (let [first] = this.#waiters; first !== undefined; [first] = this.#waiters) {
      const nowMs = this.#clock.now();
      const stay = this.#pace.stay(nowMs, this.#leaving);
      const { ms } = stay;
      if (ms > 0) {
        this.#refuse(nowMs, stay);
        if (this.#waiters.length > 0 && ms !== Number.POSITIVE_INFINITY)
          this.#cancelTimer = this.#clock.after(ms, () => this.#go());
        return;
      }
      this.#waiters.shift();
      this.#leaving++;
      first.resolve();
    }
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #refuse(nowMs: number, { sureMs, limit }: Stay): void {
    for (const waiter of this.#waiters.filter(({ untilMs }) => nowMs + sureMs > untilMs))
      this.#dismiss(waiter, this.#exceeded(sureMs, limit));
  }

  #timeOut(waiter: Waiter): () => void {
    let stop = () => {};
    const look = () => {
      const leftMs = waiter.untilMs - this.#clock.now();
      if (leftMs > 0)
        stop = this.#clock.after(Math.ceil(leftMs), look); // a timer may be early
      else this.#dismiss(waiter, this.#late());
    };
    stop = this.#clock.after(Math.max(1, Math.ceil(waiter.untilMs - this.#clock.now())), look);
    return () => stop();
  }

  #dismiss(waiter: Waiter, reason: unknown): void {
    const index = this.#waiters.indexOf(waiter);
    if (index < 0) return;
    this.#waiters.splice(index, 1);
    if (this.#waiters.length === 0) this.#stopTimer(); // it would keep the process alive for nobody
    waiter.reject(reason);
  }

  /** Of one that may go now but for those before it nobody knows how long: as soon as time goes on. */
  #late(): RateLimitExceeded {
    const { ms, limit } = this.#pace.stay(this.#clock.now(), 0);
    return this.#exceeded(Math.max(1, ms), limit);
  }

  /** The server's word as a denial. */
  #exceeded(retryAfterMs: number, limit = Number.NaN): RateLimitExceeded {
    const row = { name: 'server', limit, remaining: 0, resetAfterMs: retryAfterMs, retryAfterMs };
    return new RateLimitExceeded(this.key, decision(false, [row], 0));
  }
}
