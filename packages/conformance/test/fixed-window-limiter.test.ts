import { FixedWindowLimiter, type FixedWindowOptions, ManualClock, RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const numRuns = Number(process.env.HEADGATE_RUNS);
const KEYS = ['a', 'b', '__proto__', '', 'long '.repeat(40), `${'long '.repeat(40)}!`];

const key = fc.constantFrom(...KEYS);
const cost = fc.integer({ min: 0, max: 6 });
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ call: fc.constantFrom('allow', 'check', 'peek'), key, cost }) },
  fc.record({ call: fc.constantFrom('remaining', 'reset'), key }),
  fc.record({ call: fc.constantFrom('clear', 'cleanupExpired', 'stats') }),
  {
    weight: 3,
    arbitrary: fc.record({
      call: fc.constant('advance'),
      ms: fc.oneof(fc.nat(12), fc.integer({ min: -2500, max: 2500 })),
    }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
const policy = fc.record({ limit: fc.integer({ min: 0, max: 5 }), windowMs: fc.constantFrom(1, 10, 1000) });

function play(limiter: FixedWindowLimiter | RateLimiter, clock: ManualClock, operation: Operation): unknown {
  if ('ms' in operation) return clock.advance(operation.ms);
  if ('cost' in operation) return limiter[operation.call](operation.key, operation.cost);
  if ('key' in operation) return limiter[operation.call](operation.key);
  const { activeKeys: _, ...counted } = limiter.stats(); // expired keys may be among them
  return operation.call === 'stats' ? counted : void limiter[operation.call]();
}

describe('a limiter of one fixed window', () => {
  it('decides as a RateLimiter with the same numbers, field by field', () => {
    const scene = fc.array(operation, { maxLength: 60 });
    fc.assert(
      fc.property(policy, scene, (numbers, operations) => {
        const [one, other] = [new ManualClock(1e6), new ManualClock(1e6)];
        const small = new FixedWindowLimiter({ ...numbers, clock: one });
        const whole = new RateLimiter({ ...numbers, clock: other });
        for (const operation of operations)
          expect(play(small, one, operation), JSON.stringify(operation)).toEqual(play(whole, other, operation));
      }),
      { numRuns },
    );
  });

  it('holds no more than maxKeys, and forgets none that has no units left for another', () => {
    const step = fc.record({ key: fc.nat(9), cost: fc.integer({ min: 1, max: 3 }), ms: fc.nat(4) });
    const numbers = { limit: 3, windowMs: 20 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 80 }), (maxKeys, steps) => {
        const clock = new ManualClock();
        const limiter = new FixedWindowLimiter({ ...numbers, maxKeys, clock });
        const spentUntil = new Map<string, number>();
        for (const { key, cost, ms } of steps) {
          clock.advance(ms);
          const name = `key ${key}`;
          const foreseen = limiter.peek(name, cost);
          const decision = limiter.check(name, cost);
          expect(foreseen.allowed).toBe(decision.allowed);
          if (!decision.allowed) expect(foreseen).toEqual(decision);
          const until = spentUntil.get(name) ?? 0;
          if (clock.now() < until)
            expect(decision).toMatchObject({ allowed: false, retryAfterMs: until - clock.now() });
          else if (decision.allowed && decision.remaining === 0)
            spentUntil.set(name, clock.now() + decision.resetAfterMs);
          expect(limiter.stats().activeKeys).toBeLessThanOrEqual(maxKeys);
        }
      }),
      { numRuns },
    );
  });

  it('has room again once what it told has passed', () => {
    const clock = new ManualClock();
    const limiter = new FixedWindowLimiter({ limit: 1, windowMs: 1000, maxKeys: 2, clock });
    for (const key of ['a', 'b']) {
      limiter.allow(key);
      clock.advance(300);
    }
    const { allowed, retryAfterMs } = limiter.check('c');
    expect({ allowed, retryAfterMs }).toEqual({ allowed: false, retryAfterMs: 400 });
    clock.advance(399);
    expect(limiter.allow('c')).toBe(false);
    clock.advance(1);
    expect(limiter.allow('c')).toBe(true);
    expect(limiter.stats()).toMatchObject({ rejectedFull: 2, evictions: 0, activeKeys: 2 });
  });

  it('forgets where it has to the key whose window began first', () => {
    const clock = new ManualClock();
    const limiter = new FixedWindowLimiter({ limit: 2, windowMs: 1000, maxKeys: 2, clock });
    for (const key of ['a', 'b', 'c']) {
      limiter.allow(key);
      clock.advance(1);
    }
    expect(['a', 'b', 'c'].map((key) => limiter.remaining(key))).toEqual([2, 1, 1]);
    expect(limiter.stats().evictions).toBe(1);
  });

  it('refuses bad numbers, keys and costs as a RateLimiter does, and options that it has not', () => {
    const bad = [
      { limit: -1, windowMs: 1000 },
      { limit: 1.5, windowMs: 1000 },
      { limit: 1 },
      { limit: 1, windowMs: 1, windowSeconds: 1 },
      { limit: 1, windowMs: 1000, maxKeys: 0 },
      { limit: 1, windowMs: 1000, clock: {} },
      { limit: 1, windowMs: 1000, name: '' },
      null,
    ] as unknown as FixedWindowOptions[];
    for (const options of bad)
      expect(errorOf(() => new FixedWindowLimiter(options))).toEqual(errorOf(() => new RateLimiter(options)));
    const limiters = [
      new FixedWindowLimiter({ limit: 1, windowMs: 1000 }),
      new RateLimiter({ limit: 1, windowMs: 1000 }),
    ];
    for (const [key, cost] of [
      [1, 1],
      ['a', -1],
      ['a', '1'],
    ] as unknown as [string, number][]) {
      const [small, whole] = limiters.map((limiter) => errorOf(() => limiter.check(key, cost)));
      expect(small).toEqual(whole);
    }
    expect(
      () => new FixedWindowLimiter({ limit: 1, windowMs: 1000, algorithm: 'token-bucket' } as FixedWindowOptions),
    ).toThrow(
      'unknown option "algorithm", with the value "token-bucket": a FixedWindowLimiter has name, limit, windowSeconds, windowMs, maxKeys, clock',
    );
  });
});

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return 'no error';
}
