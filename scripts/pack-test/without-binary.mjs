import assert from 'node:assert/strict';
import { BackendUnavailableError, backends, RateLimiter } from 'headgate';

const policy = { limit: 1, windowSeconds: 60 };
const limiter = new RateLimiter(policy);
assert.equal(limiter.backend, 'ts');
assert.deepEqual([limiter.allow('k'), limiter.allow('k')], [true, false]);

const [native] = backends();
assert.equal(native.available, false);
assert.ok(
  native.tried.length > 0 && native.tried.every(({ error }) => /^Cannot find|no such file/i.test(error)),
  JSON.stringify(native),
);

for (const demand of [{ backend: 'native' }, { shared: 'name' }]) {
  assert.throws(
    () => new RateLimiter({ ...policy, ...demand }),
    (error) =>
      error instanceof BackendUnavailableError &&
      error.message.includes('Tried:') &&
      error.message.includes('npm install'),
  );
}
