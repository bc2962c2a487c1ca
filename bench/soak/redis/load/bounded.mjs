import { RemoteRateLimiter } from 'headgate/redis';
import { BOUNDED, policiesOf } from '../limiters.mjs';
import { SURE } from './asking.mjs';

const KEYS = 3;

/** Takes of keys whose limits bind. Notes each that was admitted: its key, units, when, and its window's end. */
export class Bounded {
  #limiters;
  #throws;
  #admitted = [];

  constructor(engine, throws) {
    this.#limiters = Object.entries(BOUNDED).map(([name, options]) => {
      return {
        name,
        policies: policiesOf(options),
        limiter: new RemoteRateLimiter({ ...options, engine: engine(name) }),
      };
    });
    this.#throws = throws;
  }

  async turn(round, draw, asking) {
    const { name, policies, limiter } = this.#limiters[draw.below(this.#limiters.length)];
    const key = `${round}:${draw.below(KEYS)}`;
    const cost = draw.below(4);
    const units = policies.length === 1 ? cost : Object.fromEntries(policies.map((each, i) => [each.name, cost + i]));
    const note = ({ told, decision, how, sentMs, answeredMs }, charged = policies.map((_, i) => cost + i)) => {
      if (!decision?.allowed) return;
      const resetAfterMs = how === SURE && told === decision ? decision.resetAfterMs : undefined;
      this.#admitted.push({ of: `${name} ${key}`, units: charged, sentMs, answeredMs, resetAfterMs, how });
    };
    switch (draw.below(this.#throws ? 6 : 4)) {
      case 0:
      case 1:
        return note(await asking.ask(() => limiter.check(key, units)));
      case 2:
        return void (await asking.ask(() => limiter.peek(key, units)));
      case 3: {
        const reserved = await asking.ask(() => limiter.reserve(key, units));
        note(reserved);
        // Settled as it was taken, so that nothing comes back.
        if (reserved.decision?.allowed) await asking.ask(() => reserved.told.commit(units));
        return;
      }
      case 4:
        return note(await asking.ask(async () => ({ decision: { allowed: await limiter.allow(key, units) } })));
      default: {
        const { told, ...when } = await asking.ask(() => limiter.allowMany([key, key, key]));
        const ones = policies.map(() => 1);
        for (const each of told ?? []) note({ ...when, decision: { allowed: each === 1 } }, ones);
      }
    }
  }

  tally() {
    const admitted = this.#admitted;
    this.#admitted = [];
    return admitted;
  }
}
