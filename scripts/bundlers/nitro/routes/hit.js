import { eventHandler } from 'h3';
import { RateLimiter } from 'headgate';

export default eventHandler(() => {
  const limiter = new RateLimiter({ limit: 1, windowSeconds: 60, shared: 'hit' });
  return { backend: limiter.backend, allowed: limiter.allow('k') };
});
