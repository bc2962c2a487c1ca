import { RateLimitExceeded } from '@headgate/core-ts';
import { Draw } from '../../keys.mjs';

export const MAX_KEYS = 10_000;
export const CHURNED = {
  limit: 20,
  windowMs: 500,
  algorithm: 'token-bucket',
  maxKeys: MAX_KEYS,
  shared: 'soak: churned',
  track: true,
};
export const EXACT = { limit: 5_000_000, windowMs: 86_400_000, shared: 'soak: exact' };

const CALLS_PER_TURN = 200;
/** Waits that are under way at one time. */
const MOST_WAITS = 50;

/** One thread's part: it counts what it is answered. */
export class Load {
  allowed = 0;
  blocked = 0;
  exact = 0;
  exactCalls = 0;
  waited = 0;
  refused = 0;
  aborted = 0;
  settled = 0;
  #draw;
  #fresh = 0;
  #waits = new Set();
  #name;

  constructor(limiter, exact, name) {
    this.limiter = limiter;
    this.exactLimiter = exact;
    this.#name = name;
    this.#draw = new Draw(0x9e3779b9 + name.length * 977 + name.charCodeAt(name.length - 1));
  }

  async turn() {
    for (let call = 0; call < CALLS_PER_TURN; call++) {
      this.#count(this.limiter.allow(`${this.#name} ${this.#fresh++}`)); // never seen before
      this.#count(this.limiter.check(`hot ${this.#draw.below(50)}`, 1 + this.#draw.below(3)).allowed);
      this.#takeExact();
    }
    for (const each of this.limiter.allowMany(Array.from({ length: 20 }, (_, i) => `many ${i}`)))
      this.#count(each === 1);
    this.limiter.block(`blocked ${this.#draw.below(500)}`, 1 + this.#draw.below(200));
    this.#count(this.limiter.allow(`blocked ${this.#draw.below(500)}`));
    if (this.#draw.below(50) === 0) this.limiter.reset(`hot ${this.#draw.below(50)}`);
    this.#reserve();
    if (this.#waits.size < MOST_WAITS) this.#wait();
    await new Promise(setImmediate);
  }

  /** When all waits have come to an end. */
  async stop() {
    await Promise.all(this.#waits);
  }

  counts() {
    const { allowed, blocked, exact, exactCalls, waited, refused, aborted, settled } = this;
    return { allowed, blocked, exact, exactCalls, waited, refused, aborted, settled };
  }

  #count(allowed) {
    if (allowed) this.allowed++;
    else this.blocked++;
  }

  #takeExact() {
    if (this.exactLimiter === undefined) return;
    this.exactCalls++;
    if (this.exactLimiter.allow('the exact key')) this.exact++;
  }

  #reserve() {
    const reservation = this.limiter.reserve(`reserved ${this.#draw.below(20)}`, 4);
    this.#count(reservation.decision.allowed);
    if (!reservation.decision.allowed) return;
    if (this.#draw.below(2) === 0) reservation.cancel();
    else reservation.commit(this.#draw.below(8));
    this.settled++;
  }

  /** On keys of this thread's own: another one's call in between would be a denial that nobody is told. */
  #wait() {
    const leave = new AbortController();
    if (this.#draw.below(3) === 0) setTimeout(() => leave.abort(), this.#draw.below(40)).unref();
    const options = { cost: 1 + this.#draw.below(10), maxWaitMs: 20 + this.#draw.below(400), signal: leave.signal };
    const wait = this.limiter.wait(`${this.#name} waits ${this.#draw.below(4)}`, options).then(
      () => {
        this.waited++;
        this.allowed++;
      },
      (error) => {
        if (leave.signal.aborted) this.aborted++;
        else if (error instanceof RateLimitExceeded) this.refused++;
        else throw error;
      },
    );
    this.#waits.add(wait);
    wait.finally(() => this.#waits.delete(wait));
  }
}
