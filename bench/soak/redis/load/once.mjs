import { RemoteRateLimiter } from 'headgate/redis';
import { ONCE } from '../limiters.mjs';
import { SURE } from './asking.mjs';

/** What the key of a number is charged: no two neighbours the same, so that an answer that is another's shows. */
export function costOf(number) {
  return 1 + (number % 499);
}

/** Keys that are each asked for once, by the call of one kind: what a server has of one is its cost, or nothing. */
export class Once {
  #limiter;
  #name;
  #kinds;
  #asked = [];
  #wrong = [];

  /** `throws`: an outage rejects, so that `allow` says enough too. */
  constructor(engine, name, throws) {
    this.#limiter = new RemoteRateLimiter({ ...ONCE, engine });
    this.#name = name;
    this.#kinds = throws ? 3 : 2;
  }

  async turn(round, draw, asking) {
    const number = this.#asked.push(undefined) - 1;
    const [key, cost] = [`${round}:${this.#name}:${number}`, costOf(number)];
    const kind = draw.below(this.#kinds);
    const { decision, how } = await asking.ask(() => {
      if (kind === 0) return this.#limiter.check(key, cost);
      if (kind === 1) return this.#limiter.reserve(key, cost);
      return this.#limiter.allow(key, cost).then((allowed) => ({ allowed, remaining: ONCE.limit - cost }));
    });
    this.#asked[number] = how;
    if (how === SURE && !(decision.allowed && decision.remaining === ONCE.limit - cost))
      this.#wrong.push(`${key} of cost ${cost} was answered ${JSON.stringify(decision)}`);
  }

  /** By number, how each was answered. */
  tally() {
    const [asked, wrong] = [this.#asked, this.#wrong];
    this.#asked = [];
    this.#wrong = [];
    return { asked, wrong };
  }
}
