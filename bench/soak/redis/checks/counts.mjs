import { RemoteRateLimiter, redis } from 'headgate/redis';
import { ONCE, policiesOf, SUMMED } from '../limiters.mjs';
import { costOf } from '../load/once.mjs';

const AT_ONCE = 500;

/** Reads what a server has, by a client that no fault meets. */
export class Counts {
  #engine;
  #limiters = new Map();

  constructor(direct) {
    this.#engine = (prefix) => redis(direct, { prefix: `${prefix}:`, deadlineMs: 60_000, onOutage: 'throw' });
  }

  /** What the server has of keys that were each asked for once: nothing is charged twice, or lost. */
  async once(tallies, round) {
    const wrong = tallies.flatMap(({ once }) => once.wrong);
    const asked = tallies.flatMap(({ once }, process) =>
      once.asked.map((how, number) => ({ key: `${round}:${process}:${number}`, how, cost: costOf(number) })),
    );
    let twice = 0;
    const limiter = this.#limiter('once', ONCE);
    for (let at = 0; at < asked.length; at += AT_ONCE) {
      const part = asked.slice(at, at + AT_ONCE);
      const left = await Promise.all(part.map(({ key }) => limiter.remaining(key)));
      part.forEach(({ key, how, cost }, i) => {
        const used = ONCE.limit - left[i];
        if (used > cost) twice++;
        const expected = { sure: [cost], unsure: [0, cost], unsent: [0] }[how];
        if (!expected.includes(used)) wrong.push(`${key}, a call that was ${how} of cost ${cost}, has used ${used}`);
      });
    }
    return { twice, wrong };
  }

  /** Whether what keys have used is what all processes took. */
  async sums(tallies) {
    const wrong = [];
    const totals = {};
    for (const { summed } of tallies)
      for (const [of, sums] of Object.entries(summed)) {
        totals[of] ??= sums.map(() => ({ least: 0, most: 0 }));
        sums.forEach(({ least, most }, i) => {
          totals[of][i].least += least;
          totals[of][i].most += most;
        });
      }
    for (const [of, sums] of Object.entries(totals)) {
      const [name, key] = of.split(' ');
      const { policies } = await this.#limiter(`summed-${name}`, SUMMED[name]).peek(key);
      policiesOf(SUMMED[name]).forEach(({ limit, burst = limit }, i) => {
        const used = burst - policies[i].remaining;
        const { least, most } = sums[i];
        if (used < least || used > most)
          wrong.push(`${of}, policy ${i}: ${used} units are used, where ${least} to ${most} were taken`);
      });
    }
    return wrong;
  }

  #limiter(prefix, options) {
    const known = this.#limiters.get(prefix) ?? new RemoteRateLimiter({ ...options, engine: this.#engine(prefix) });
    this.#limiters.set(prefix, known);
    return known;
  }
}

/** Keys that would stay for ever. */
export async function withoutTimeToLive(direct) {
  const keys = await direct.keys('*');
  const left = await Promise.all(keys.map((key) => direct.pttl(key)));
  return keys.filter((_, i) => left[i] === -1).map((key) => `${key} has no time to live`);
}
