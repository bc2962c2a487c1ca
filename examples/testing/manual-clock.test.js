import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock, RateLimiter } from 'headgate';

it('a fourth try waits for a minute', () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ limit: 3, windowSeconds: 60, clock });
  for (let i = 0; i < 3; i++) limiter.allow('ann');
  assert.equal(limiter.check('ann').retryAfterMs, 60_000);
  clock.advance(60_000);
  assert.equal(limiter.allow('ann'), true);
});

it('who waits is let in when the minute is over', async () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ limit: 1, windowSeconds: 60, clock });
  limiter.allow('ann');
  const wait = limiter.wait('ann');
  clock.advance(60_000);
  assert.equal((await wait).allowed, true);
});
