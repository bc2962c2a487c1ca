import RedisStore from '@fastify/rate-limit/store/RedisStore.js';
import { RemoteRateLimiter, redis } from 'headgate/redis';
import { RedisStore as ExpressStore } from 'rate-limit-redis';
import { RateLimiterRedis } from 'rate-limiter-flexible';

const WINDOW_S = 3600;

/** The least that decides on a server: all ratios are to this, by the same client. */
const COUNTER = `local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count`;

/** @type {Record<string, { title: string, make(client: object, limit: number, prefix: string): Promise<(key: string) => Promise<boolean>> }>} */
export const CANDIDATES = {
  bare: {
    title: 'bare EVALSHA',
    async make(client, limit, prefix) {
      const sha = await client.script('LOAD', COUNTER);
      return async (key) => (await client.evalsha(sha, 1, prefix + key, String(WINDOW_S * 1000))) <= limit;
    },
  },
  headgate: {
    title: 'headgate',
    async make(client, limit, prefix) {
      const engine = redis(client, { prefix, deadlineMs: 60_000, onOutage: 'throw' });
      const limiter = new RemoteRateLimiter({ limit, windowSeconds: WINDOW_S, engine });
      return (key) => limiter.allow(key);
    },
  },
  flexible: {
    title: 'rate-limiter-flexible',
    async make(client, limit, prefix) {
      const limiter = new RateLimiterRedis({
        storeClient: client,
        keyPrefix: prefix.slice(0, -1),
        points: limit,
        duration: WINDOW_S,
        inMemoryBlockOnConsumed: limit,
      });
      return async (key) => {
        try {
          await limiter.consume(key);
          return true;
        } catch (error) {
          if (error instanceof Error) throw error;
          return false;
        }
      };
    },
  },
  fastify: {
    title: '@fastify/rate-limit',
    async make(client, limit, prefix) {
      const store = new RedisStore(false, false, client, prefix);
      return (key) =>
        new Promise((resolve, reject) => {
          const told = (error, state) => (error ? reject(error) : resolve(state.current <= limit));
          store.incr(key, told, WINDOW_S * 1000, limit);
        });
    },
  },
  express: {
    title: 'rate-limit-redis',
    async make(client, limit, prefix) {
      const store = new ExpressStore({ prefix, sendCommand: (...command) => client.call(...command) });
      store.init({ windowMs: WINDOW_S * 1000 });
      return async (key) => (await store.increment(key)).totalHits <= limit;
    },
  },
};

/** How a limiter with three policies is asked. */
export function threeLimits(client, prefix) {
  const engine = redis(client, { prefix, deadlineMs: 60_000, onOutage: 'throw' });
  const limits = ['a', 'b', 'c'].map((name) => ({ name, limit: 1e9, windowSeconds: WINDOW_S }));
  const limiter = new RemoteRateLimiter({ limits, engine });
  return (key) => limiter.allow(key);
}

/** How a limiter is asked that leases units of its hottest keys. */
export function leasing(client, prefix) {
  const options = { prefix, deadlineMs: 60_000, onOutage: 'throw', leases: {} };
  const limiter = new RemoteRateLimiter({ limit: 1e9, windowSeconds: WINDOW_S, engine: redis(client, options) });
  return (key) => limiter.allow(key);
}
