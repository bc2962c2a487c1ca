import { RateLimiter } from '../../src/index.js';

/** A limiter that tells by which keys it was asked. */
export function recordedKeys() {
  const keys: string[] = [];
  const inner = new RateLimiter({ limit: 9, windowSeconds: 60 });
  const check = (key: string) => {
    keys.push(key);
    return inner.check(key);
  };
  return { keys, limiter: { policies: inner.policies, check, reserve: () => inner.reserve('k') } };
}
