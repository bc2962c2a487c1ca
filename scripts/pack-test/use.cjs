const assert = require('node:assert/strict');
const { RateLimiter, backends } = require('headgate');
const { RateLimiter: TypeScriptLimiter } = require('headgate/ts');

assert.equal(new RateLimiter({ limit: 5, windowSeconds: 60 }).backend, 'native', JSON.stringify(backends()));

for (const limiter of [
  new RateLimiter({ limit: 5, windowSeconds: 60, backend: 'native' }),
  new RateLimiter({ limit: 5, windowSeconds: 60, backend: 'ts' }),
  new TypeScriptLimiter({ limit: 5, windowSeconds: 60 }),
]) {
  const admitted = Array.from({ length: 7 }, () => limiter.allow('user')).filter(Boolean).length;
  assert.equal(admitted, 5);
  assert.equal(limiter.check('user').retryAfterSeconds, 60);
}
