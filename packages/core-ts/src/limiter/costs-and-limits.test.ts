import { describe, expect, it } from 'vitest';
import { ManualClock } from '../clock/clock.js';
import { RateLimitExceeded } from '../errors.js';
import { RateLimiter } from './rate-limiter.js';

const LIMITS = [
  { name: 'requests', limit: 3, windowMs: 1000 },
  { name: 'tokens', limit: 100, windowMs: 1000 },
];

function model() {
  const clock = new ManualClock();
  return { clock, limiter: new RateLimiter({ limits: LIMITS, clock }) };
}

const left = (limiter: RateLimiter, key = 'k') => limiter.peek(key, 0).policies.map(({ remaining }) => remaining);
/** Lets what is ready go on; no time passes. */
const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

describe('a cost for each policy', () => {
  it('is charged to all of them or to none', () => {
    const { limiter } = model();
    expect(limiter.check('k', { requests: 1, tokens: 80 }).allowed).toBe(true);
    const denied = limiter.check('k', { tokens: 21, requests: 1 });
    expect([denied.allowed, denied.policy, left(limiter)]).toEqual([false, 'tokens', [2, 20]]);
    expect(limiter.allow('k', { requests: 2, tokens: 0 })).toBe(true);
    expect(left(limiter)).toEqual([0, 20]);
  });

  it('names every policy, each with a whole number, or nothing is taken', () => {
    const { limiter } = model();
    const wrong: [unknown, RegExp][] = [
      [{ tokens: 5 }, /cost must name every policy, and lacks "requests"/],
      [{ requests: 1, token: 5 }, /cost names policies, which are "requests" and "tokens", got "token"/],
      [{ requests: 1, tokens: -1 }, /cost\.tokens must be a whole number from 0 up, got -1/],
      [{ requests: '1', tokens: 1 }, /cost\.requests must be a whole number from 0 up, got "1"/],
      [null, /cost must be a whole number from 0 up, got null/],
    ];
    for (const [cost, message] of wrong) {
      for (const call of ['allow', 'check', 'peek', 'reserve'] as const)
        expect(() => limiter[call]('k', cost as number)).toThrow(message);
    }
    expect([left(limiter), limiter.stats().totalChecks]).toEqual([[3, 100], 0]);
  });

  it('is committed by name, and what is not named stays at its estimate', () => {
    const { limiter } = model();
    limiter.reserve('k', { requests: 1, tokens: 90 }).commit({ tokens: 12 });
    expect(left(limiter)).toEqual([2, 88]);
    limiter.reserve('k', { requests: 1, tokens: 10 }).commit({ tokens: 200 });
    expect(left(limiter)).toEqual([1, 0]);
    expect(() => limiter.reserve('j', { requests: 1, tokens: 1 }).commit({ words: 1 })).toThrow(
      /actual names policies/,
    );
  });
});

describe('what waits', () => {
  it('is a reservation, in its turn and once all of it fits', async () => {
    const { clock, limiter } = model();
    limiter.allow('k', { requests: 1, tokens: 95 });
    const got: string[] = [];
    for (const tokens of [50, 5]) {
      void limiter.reserve('k', { requests: 1, tokens }, { wait: true }).then((reservation) => {
        got.push(`${tokens}: ${reservation.decision.allowed}`);
        reservation.commit({ tokens: 1 });
      });
    }
    await settled();
    expect(got).toEqual([]); // the second one would fit, and stands behind the first
    clock.advance(1000);
    await settled();
    expect([got, left(limiter)]).toEqual([
      ['50: true', '5: true'],
      [1, 98],
    ]);
  });

  it('is refused at once where it is foreseen to wait too long, and takes nothing', async () => {
    const { limiter } = model();
    limiter.allow('k', { requests: 1, tokens: 95 });
    const estimate = { requests: 1, tokens: 6 };
    await expect(limiter.reserve('k', estimate, { wait: { maxWaitMs: 999 } })).rejects.toThrow(RateLimitExceeded);
    await expect(limiter.wait('k', { cost: estimate, maxWaitMs: 0 })).rejects.toThrow(RateLimitExceeded);
    expect(left(limiter)).toEqual([2, 5]);
    expect(() => limiter.reserve('k', 1, { wait: 5 as unknown as true })).toThrow(/wait must be true, false/);
  });

  it('is decided by the limit that it came with', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ limit: 1, windowMs: 1000, clock });
    await limiter.wait('k', { cost: 5, limit: 5 });
    const got: number[] = [];
    void limiter.wait('k', { cost: 3, limit: 5 }).then(({ remaining }) => got.push(remaining));
    await settled();
    expect(got).toEqual([]);
    clock.advance(1000);
    await settled();
    expect(got).toEqual([2]);
  });

  it('is a wrapped function', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ limit: 1, windowMs: 1000, clock });
    const got: number[] = [];
    const send = limiter.limit('k', async (n: number) => void got.push(n), { wait: true });
    const all = [send(1), send(2), send(3)];
    await settled();
    expect(got).toEqual([1]);
    clock.advance(1000);
    await settled();
    expect(got).toEqual([1, 2]);
    clock.advance(1000);
    await Promise.all(all);
    expect(got).toEqual([1, 2, 3]);
    const hasty = limiter.limit('k', async () => 'sent', { wait: { maxWaitMs: 10 }, onBlocked: async () => 'later' });
    expect(await hasty()).toBe('later');
  });
});

describe('a limit for one call', () => {
  it('is a whole number, by name where there are several, or nothing is taken', () => {
    const { limiter } = model();
    const lone = new RateLimiter({ limit: 3, windowMs: 1000, algorithm: 'token-bucket' });
    const wrong: [RateLimiter, unknown, RegExp][] = [
      [limiter, 5, /limit must be an object with one for "requests" or "tokens", got 5/],
      [limiter, { words: 5 }, /limit names policies, which are "requests" and "tokens", got "words"/],
      [limiter, { tokens: 0.5 }, /limit\.tokens must be a whole number .* got 0\.5/],
      [lone, '5', /limit must be a whole number, got "5"/],
      [lone, -1, /limit must be a whole number from 0 to 9007199254740991, got -1/],
      [lone, 2 ** 50, /limit must be at most 4503599627370 for a token bucket with a window of 1000 ms, got/],
    ];
    for (const [each, limit, message] of wrong)
      expect(() => each.check('k', 1, { limit: limit as number })).toThrow(message);
    expect(() => lone.check('k', 1, { limits: 5 } as object)).toThrow(/unknown option "limits"/);
    expect(lone.stats().totalChecks + limiter.stats().totalChecks).toBe(0);
  });

  it('protects a key that is over it from eviction', () => {
    const limiter = new RateLimiter({ limit: 1000, windowMs: 1000, maxKeys: 2, clock: new ManualClock() });
    const by = { limit: 1 };
    expect([limiter.allow('a', 1, by), limiter.allow('a', 1, by)]).toEqual([true, false]);
    for (let i = 0; i < 100; i++) limiter.allow(`other ${i}`);
    expect(limiter.allow('a', 1, by)).toBe(false);
  });
});
