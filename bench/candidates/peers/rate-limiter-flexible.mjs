import { RateLimiterMemory } from 'rate-limiter-flexible';

/** It rejects what it denies. */
export function make({ limit, windowMs }) {
  const limiter = new RateLimiterMemory({ points: limit, duration: windowMs / 1000 });
  const [yes, no] = [() => true, () => false];
  return {
    allow: (key) => limiter.consume(key).then(yes, no),
    reset: (key) => limiter.delete(key),
    stats: () => ({ activeKeys: limiter._memoryStorage._storage.size }),
  };
}
