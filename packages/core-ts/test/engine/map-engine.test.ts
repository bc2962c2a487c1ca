import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BackendUnavailableError, createMapEngine, ManualClock, type Policy, RateLimiter } from '../../src/index.js';

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
});

describe('what a limiter shows of itself', () => {
  it('prints its policy, backend and statistics', () => {
    const limiter = new RateLimiter({ limit: 5, windowSeconds: 1.5 });
    limiter.allow('a');
    const text = inspect(limiter, { breakLength: Number.POSITIVE_INFINITY });
    expect(text).toContain(
      "RateLimiter { policies: [ { name: 'default', algorithm: 'fixed-window', limit: 5, windowMs: 1500, burst: 5, blockForMs: 0 } ], backend: 'ts', stats: { allowed: 1, blocked: 0, totalChecks: 1, activeKeys: 1,",
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
      policy: 'default',
      policies: [{ name: 'default', limit: 5, remaining: 5, resetAfterMs: 0, retryAfterMs: Number.POSITIVE_INFINITY }],
    });
    expect(JSON.parse(JSON.stringify(limiter.check('a', 2)))).toEqual({
      allowed: true,
      limit: 5,
      remaining: 3,
      resetAfterMs: 1_500,
      retryAfterMs: 0,
      resetAfterSeconds: 2,
      retryAfterSeconds: 0,
      policy: 'default',
      policies: [{ name: 'default', limit: 5, remaining: 3, resetAfterMs: 1_500, retryAfterMs: 0 }],
    });
    expect(JSON.parse(JSON.stringify(copy))).toMatchObject({ allowed: false, retryAfterMs: null });
  });

  it('refuses a shared name, which it can not honour', () => {
    expect(() => new RateLimiter({ limit: 1, windowMs: 1, shared: 'name' })).toThrow(BackendUnavailableError);
  });
});

describe('a snapshot of the TypeScript engine', () => {
  const [policy] = new RateLimiter({ limit: 5, windowMs: 1000 }).policies as [Policy];
  const engine = () =>
    createMapEngine({ policies: [policy], clock: new ManualClock(), shared: undefined, maxKeys: 9, onFull: 'deny' });

  it('has long keys by the names that they are held by, and is refused with others of that length', () => {
    const long = 'k'.repeat(16_000);
    const source = engine();
    source.check(long, 2);
    const { bytes } = source.snapshot();
    const restored = engine();
    restored.restore(bytes);
    expect(restored.peek(long, 0).remaining).toBe(3);
    const firstUnit = 9; // after whether calls had limits of their own, how many keys there are, and how many units this one has
    bytes[firstUnit] = (bytes[firstUnit] as number) ^ 32;
    expect(() => restored.restore(bytes)).toThrow(/^no limiter has what it says of the key "Sha256:/);
    expect(restored.peek(long, 0).remaining).toBe(3);
  });
});
