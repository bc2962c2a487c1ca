import { RemoteRateLimiter, redis } from 'headgate/redis';
import { Redis } from 'ioredis';
import { CANDIDATES } from '../candidates.mjs';

const LIMIT = 1_000_000;
export const DEADLINE_MS = 100;
/** A client that tries again so soon: what is measured is not how long it pauses. */
export const RETRY_MS = 100;

/** A client as users have it, which says nothing on the console. */
export function openClient(port) {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => RETRY_MS });
  client.on('error', () => undefined);
  return client;
}

/**
 * How a candidate is asked in an outage: answers whether the server decided, or rejects; and what the server has counted of
 * a key.
 */
export async function callsOf(candidate, client) {
  if (candidate !== 'headgate') {
    const allow = await CANDIDATES[candidate].make(client, LIMIT, 'o:');
    return {
      decide: (key) => allow(key).then(() => true),
      used: async (direct, key) => Number((await direct.get(`o:${key}`)) ?? 0),
    };
  }
  const options = { limit: LIMIT, windowSeconds: 3600 };
  const limiter = new RemoteRateLimiter({
    ...options,
    engine: redis(client, { prefix: 'o:', deadlineMs: DEADLINE_MS }),
  });
  return {
    decide: async (key) => (await limiter.check(key)).degraded === undefined,
    async used(direct, key) {
      const engine = redis(direct, { prefix: 'o:', deadlineMs: 60_000, onOutage: 'throw' });
      return LIMIT - (await new RemoteRateLimiter({ ...options, engine }).remaining(key));
    },
  };
}
