import { RemoteRateLimiter } from 'headgate/redis';
import { WILD } from '../limiters.mjs';

const NAMES = ['', 'k', '__proto__', '{a}b', 'é\u0000', '\ud800', '%7b!', 'x'.repeat(10_000)];
/** What a call may be refused with where all is well. */
const REFUSED = ['RateLimitExceeded', 'AbortError', 'TimeoutError'];

/** All calls there are, on a few keys: what they answer has no meaning but that it holds together. */
export class Wild {
  #limiter;
  #wrong = [];

  constructor(engine) {
    this.#limiter = new RemoteRateLimiter({ ...WILD, track: true, engine });
  }

  async turn(draw, asking) {
    const key = NAMES[draw.below(NAMES.length)];
    const limiter = this.#limiter;
    const cost = draw.below(4);
    switch (draw.below(12)) {
      case 0:
        return asking.ask(() => limiter.block(key, 1 + draw.below(100)));
      case 1:
        return asking.ask(() => limiter.reset(key));
      case 2:
        return asking.ask(() => limiter.allow(key, cost));
      case 3:
        return asking.ask(() => limiter.allowMany(NAMES, cost));
      case 4:
        return asking.ask(() => limiter.remaining(key));
      case 5:
        return asking.ask(() => limiter.check(key, cost, { limit: { fixed: 10 + draw.below(30) } }));
      case 6:
        return limiter.update({ limits: [{ name: 'sliding', limit: 35 + draw.below(10) }] });
      case 7:
        return this.#wait(key, cost, draw, asking);
      case 8: {
        const { told, decision } = await asking.ask(() => limiter.reserve(key, cost));
        if (decision?.allowed) await asking.ask(() => told.commit(draw.below(6)));
        return;
      }
      default: {
        const { decision } = await asking.ask(() => limiter.check(key, cost));
        if (decision !== undefined) this.#look(decision);
      }
    }
  }

  /** How long it takes is no matter of the server's. */
  async #wait(key, cost, draw, { errors }) {
    try {
      await this.#limiter.wait(key, {
        cost,
        maxWaitMs: draw.below(100),
        signal: AbortSignal.timeout(50 + draw.below(100)),
      });
    } catch (error) {
      if (![...REFUSED, 'BackendUnavailableError'].includes(error.name)) errors.push(error.stack ?? String(error));
    }
  }

  #look(decision) {
    const { allowed, remaining, resetAfterMs, retryAfterMs, policies } = decision;
    const holds =
      remaining >= 0 &&
      resetAfterMs >= 0 &&
      (allowed ? retryAfterMs === 0 : retryAfterMs > 0) &&
      policies.length === WILD.limits.length;
    if (!holds) this.#wrong.push(`a decision does not hold together: ${JSON.stringify(decision)}`);
  }

  tally() {
    const { allowed, blocked, totalChecks } = this.#limiter.stats();
    const wrong = this.#wrong;
    this.#wrong = [];
    if (allowed + blocked !== totalChecks) wrong.push(`${allowed} + ${blocked} are not ${totalChecks}`);
    return { wrong };
  }
}
