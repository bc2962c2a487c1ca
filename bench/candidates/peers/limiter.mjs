import { RateLimiter } from 'limiter';

/** It has no keys: a limiter object for each, in a Map that nobody empties, as its users do. A token bucket. */
export function make({ limit, windowMs }) {
  const limiters = new Map();
  return {
    allow(key) {
      let limiter = limiters.get(key);
      if (limiter === undefined) {
        limiter = new RateLimiter({ tokensPerInterval: limit, interval: windowMs });
        limiters.set(key, limiter);
      }
      return limiter.tryRemoveTokens(1);
    },
    reset: (key) => limiters.delete(key),
    stats: () => ({ activeKeys: limiters.size }),
  };
}
