import assert from 'node:assert/strict';
import { backends, RateLimiter } from 'headgate';
import { RateLimiter as TypeScriptLimiter } from 'headgate/ts';

/** Longer than any machine takes for a few calls. */
const DAY_SECONDS = 86_400;

assert.equal(new RateLimiter({ limit: 5, windowSeconds: 60 }).backend, 'native', JSON.stringify(backends()));

for (const limiter of [
  new RateLimiter({ limit: 5, windowSeconds: DAY_SECONDS, backend: 'native' }),
  new RateLimiter({ limit: 5, windowSeconds: DAY_SECONDS, backend: 'ts' }),
  new TypeScriptLimiter({ limit: 5, windowSeconds: DAY_SECONDS }),
]) {
  const admitted = Array.from({ length: 7 }, () => limiter.allow('user')).filter(Boolean).length;
  assert.equal(admitted, 5);
  const { retryAfterSeconds } = limiter.check('user');
  assert.ok(retryAfterSeconds > 0 && retryAfterSeconds <= DAY_SECONDS, String(retryAfterSeconds));
}
