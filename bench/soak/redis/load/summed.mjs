import { RemoteRateLimiter } from 'headgate/redis';
import { policiesOf, SUMMED } from '../limiters.mjs';
import { SURE, UNSENT } from './asking.mjs';

const KEYS = 3;

/** Takes of keys that never reach their limits: of each the units that it must have at least, and may have at most. */
export class Summed {
  #limiters;
  #sums = {};

  constructor(engine) {
    this.#limiters = Object.entries(SUMMED).map(([name, options]) => {
      return {
        name,
        policies: policiesOf(options),
        limiter: new RemoteRateLimiter({ ...options, engine: engine(name) }),
      };
    });
  }

  async turn(round, draw, asking) {
    const { name, policies, limiter } = this.#limiters[draw.below(this.#limiters.length)];
    const key = `${round}:${draw.below(KEYS)}`;
    const add = (units, least, most) => this.#add(`${name} ${key}`, units, least, most);
    const units = policies.map(() => draw.below(5));
    const costOf = (own) =>
      policies.length === 1 ? own[0] : Object.fromEntries(policies.map((each, i) => [each.name, own[i]]));
    if (draw.below(2) === 0) {
      const { how } = await asking.ask(() => limiter.check(key, costOf(units)));
      return add(units, how === SURE, how !== UNSENT);
    }
    const { how, told } = await asking.ask(() => limiter.reserve(key, costOf(units)));
    if (how !== SURE) return add(units, false, how !== UNSENT);
    const actual = draw.below(3) === 0 ? policies.map(() => 0) : policies.map(() => draw.below(9));
    const settled = await asking.ask(() => told.commit(costOf(actual)));
    if (settled.how === SURE) return add(actual, true, true);
    // Settled or not: the one or the other.
    add(
      units.map((own, i) => Math.min(own, actual[i])),
      true,
      true,
    );
    add(
      units.map((own, i) => Math.abs(own - actual[i])),
      false,
      true,
    );
  }

  #add(of, units, least, most) {
    this.#sums[of] ??= units.map(() => ({ least: 0, most: 0 }));
    this.#sums[of].forEach((sum, i) => {
      if (least) sum.least += units[i];
      if (most) sum.most += units[i];
    });
  }

  tally() {
    const sums = this.#sums;
    this.#sums = {};
    return sums;
  }
}
