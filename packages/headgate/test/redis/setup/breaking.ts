import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';

/** A limiter on a server that allows all that it is asked with `check`, until it is told to fail: then it allows without it. */
export function breaking() {
  let fails = false;
  const run = async () => {
    if (fails) throw new Error('not today');
    return [Date.now(), 1, 0, 0, 9, 1000, 0];
  };
  const engine = redis({ evalsha: run, eval: run }, { deadlineMs: 60_000, onOutage: 'open' });
  const limiter = new RemoteRateLimiter({ limit: 10, windowSeconds: 60, track: true, engine });
  return {
    limiter,
    fail() {
      fails = true;
    },
  };
}
