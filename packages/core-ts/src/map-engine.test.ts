import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BackendUnavailableError, ManualClock, RateLimiter } from './index.js';

describe('reclaiming in the TypeScript engine', () => {
  it('holds the keys of two windows at the most, however many come', () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ limit: 1, windowMs: 100, clock });
    for (let key = 0; key < 10_000; key++) {
      limiter.allow(`key ${key}`);
      clock.advance(1);
      expect(limiter.stats().activeKeys).toBeLessThanOrEqual(201);
    }
  });

  it('counts a key once that moves from the aging map into the young one', () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ limit: 10, windowMs: 100, clock });
    limiter.allow('early');
    clock.advance(99);
    limiter.allow('late');
    clock.advance(2);
    limiter.allow('late'); // turns the maps and moves with its window
    expect(limiter.stats().activeKeys).toBe(2);
    expect(limiter.cleanupExpired()).toBe(1);
    expect(limiter.stats().activeKeys).toBe(1);
    expect(limiter.reset('late')).toBe(true);
    expect(limiter.stats().activeKeys).toBe(0);
  });
});

describe('what a limiter shows of itself', () => {
  it('prints its policy, backend and statistics', () => {
    const limiter = new RateLimiter({ limit: 5, windowSeconds: 1.5 });
    limiter.allow('a');
    const text = inspect(limiter, { breakLength: Number.POSITIVE_INFINITY });
    expect(text).toBe(
      "RateLimiter { policy: { algorithm: 'fixed-window', limit: 5, windowMs: 1500 }, backend: 'ts', stats: { allowed: 1, blocked: 0, totalChecks: 1, activeKeys: 1 } }",
    );
  });

  it('has a policy that nobody changes', () => {
    const { policy } = new RateLimiter({ limit: 5, windowSeconds: 1 });
    expect(() => Object.assign(policy, { limit: 6 })).toThrow(TypeError);
  });

  it('answers decisions that survive JSON and destructuring', () => {
    const limiter = new RateLimiter({ limit: 5, windowMs: 1_500, clock: new ManualClock() });
    const { ...copy } = limiter.check('a', 6);
    expect(copy).toEqual({
      allowed: false,
      limit: 5,
      remaining: 5,
      resetAfterMs: 0,
      retryAfterMs: Number.POSITIVE_INFINITY,
      resetAfterSeconds: 0,
      retryAfterSeconds: Number.POSITIVE_INFINITY,
    });
    expect(JSON.parse(JSON.stringify(limiter.check('a', 2)))).toEqual({
      allowed: true,
      limit: 5,
      remaining: 3,
      resetAfterMs: 1_500,
      retryAfterMs: 0,
      resetAfterSeconds: 2,
      retryAfterSeconds: 0,
    });
    expect(JSON.parse(JSON.stringify(copy))).toMatchObject({ allowed: false, retryAfterMs: null });
  });

  it('refuses a shared name, which it can not honour', () => {
    expect(() => new RateLimiter({ limit: 1, windowMs: 1, shared: 'name' })).toThrow(BackendUnavailableError);
  });
});
