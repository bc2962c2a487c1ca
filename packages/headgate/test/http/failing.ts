import type { HttpLimiter } from '../../src/http/options/options.js';
import { RateLimiter } from '../../src/index.js';

const ONE = { limit: 1, windowSeconds: 60 } as const;

export function fails(message = 'it failed'): never {
  throw new Error(message);
}

/** A limiter whose engine fails, at once or later. */
export function failing(later: boolean): HttpLimiter {
  const call = later ? async () => fails('the store is gone') : () => fails('the store is gone');
  return { policies: new RateLimiter(ONE).policies, check: call, reserve: call };
}
