import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ManualClock, RateLimitExceeded, RateLimiter, type RateLimiterOptions } from '../../index.js';

const NEVER = { maxWaitMs: 0 };

function limiter(options: Partial<RateLimiterOptions> = {}) {
  const clock = new ManualClock();
  return { clock, limiter: new RateLimiter({ limit: 1, windowMs: 1000, clock, ...options }) };
}

describe('wait', () => {
  afterEach(() => vi.useRealTimers());

  it('resolves at once with what check would answer', async () => {
    const { limiter: held } = limiter({ limit: 3 });
    await expect(held.wait('a', { cost: 2 })).resolves.toMatchObject({ allowed: true, remaining: 1 });
    expect(held.stats()).toMatchObject({ allowed: 1, blocked: 0 });
  });

  it('rejects at once what would wait too long, and what never fits', async () => {
    const { limiter: held } = limiter();
    held.allow('a');
    const tooLong = held.wait('a', { maxWaitMs: 999 });
    await expect(tooLong).rejects.toThrow(RateLimitExceeded);
    await expect(tooLong).rejects.toMatchObject({ key: 'a', retryAfterMs: 1000 });
    await expect(held.wait('a', { cost: 2 })).rejects.toThrow('the cost can never fit');
    expect(held.stats()).toMatchObject({ allowed: 1, blocked: 0 });
  });

  it.each([
    ['fixed-window', 4, 4000],
    ['sliding-window', 4, 3099],
    ['token-bucket', 4, 4000],
  ] as const)('foresees how long those ahead will take, in a %s', async (algorithm, comers, exactMs) => {
    const { clock, limiter: held } = limiter({ algorithm });
    held.allow('a');
    const ahead = Array.from({ length: comers - 1 }, () => held.wait('a'));
    await expect(held.wait('a', { maxWaitMs: exactMs - 1000 })).rejects.toMatchObject({ key: 'a' });
    const last = held.wait('a', { maxWaitMs: 2 * exactMs });
    clock.advance(2 * exactMs);
    await Promise.all([...ahead, last]);
  });

  it('is looked at again where units come back', async () => {
    const { clock, limiter: held } = limiter();
    const reservation = held.reserve('a');
    const [first, second, third] = [held.wait('a'), held.wait('a'), held.wait('a')];
    reservation.cancel();
    await first;
    held.reset('a');
    await second;
    held.clear();
    await third;
    expect(clock.now()).toBe(0);
  });

  it('ends with its signal, and leaves no listener behind', async () => {
    const { clock, limiter: held } = limiter();
    held.allow('a');
    const leave = new AbortController();
    const [front, behind] = [held.wait('a', { signal: leave.signal }), held.wait('a', { signal: leave.signal })];
    const last = held.wait('a');
    leave.abort(new Error('gone'));
    await expect(front).rejects.toThrow('gone');
    await expect(behind).rejects.toThrow('gone');
    clock.advance(1000);
    await expect(last).resolves.toMatchObject({ allowed: true });
    await expect(held.wait('a', { signal: leave.signal })).rejects.toThrow('gone');
    const kept = new AbortController();
    const waited = held.wait('a', { signal: kept.signal });
    clock.advance(1000);
    await waited;
    expect(getEventListeners(kept.signal, 'abort')).toEqual([]);
    expect(held.stats()).toMatchObject({ allowed: 3, blocked: 0 });
  });

  it('has one listener per signal, whatever waits with it, and none in the end', async () => {
    const [one, other] = [limiter(), limiter()];
    const leave = new AbortController();
    const options = { signal: leave.signal };
    one.limiter.allow('a');
    other.limiter.allow('a');
    const waits = [one, one, one, other, other].map(({ limiter: held }) => held.wait('a', options));
    expect(getEventListeners(leave.signal, 'abort')).toHaveLength(1);
    one.clock.advance(1000);
    await waits[0];
    expect(getEventListeners(leave.signal, 'abort')).toHaveLength(1);
    leave.abort(new Error('gone'));
    const ends = await Promise.allSettled(waits);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'rejected']);
    expect(getEventListeners(leave.signal, 'abort')).toEqual([]);
    one.clock.advance(5000);
    expect(one.limiter.stats()).toMatchObject({ allowed: 2 });
  });

  it('admits nobody whose signal is aborted already, though its listener was not called yet', async () => {
    const { limiter: held } = limiter();
    held.allow('a');
    const leave = new AbortController();
    leave.signal.addEventListener('abort', () => held.reset('a'));
    const wait = held.wait('a', { signal: leave.signal });
    leave.abort(new Error('gone'));
    await expect(wait).rejects.toThrow('gone');
    expect(held.stats()).toMatchObject({ allowed: 1, activeKeys: 0 });
  });

  it('gives the event loop air between hundreds, and all are served in order', async () => {
    const many = 2000;
    const held = new RateLimiter({ limit: many, windowMs: 1000, clock: { now: () => 0 } });
    held.allow('a', many);
    const order: number[] = [];
    const waits = Array.from({ length: many }, (_, i) => held.wait('a').then(() => order.push(i)));
    held.reset('a');
    expect(held.stats().allowed).toBeLessThan(600);
    const behind = held.wait('a', NEVER).then(
      () => 'admitted',
      () => order.length,
    );
    await Promise.all(waits);
    expect(order).toEqual(Array.from({ length: many }, (_, i) => i));
    expect(await behind).toBe(many);
  });

  it('has admitted all that is due when a ManualClock has been advanced', async () => {
    const { clock, limiter: held } = limiter({ limit: 2000 });
    held.allow('a', 2000);
    const waits = Array.from({ length: 3000 }, () => held.wait('a'));
    clock.advance(1000);
    expect(held.stats().allowed).toBe(2001);
    clock.advance(1000);
    await Promise.all(waits);
  });

  it('refuses everyone with what its clock throws, rather than leave them hanging', async () => {
    const wakes: (() => void)[] = [];
    const after = (_ms: number, wake: () => void) => {
      wakes.push(wake);
      return () => {};
    };
    const clock = { now: () => 0, after };
    const held = new RateLimiter({ limit: 1, windowMs: 1000, clock });
    held.allow('a');
    const waits = [held.wait('a'), held.wait('a', { maxWaitMs: 2000 })];
    await Promise.resolve();
    clock.now = () => Number.NaN;
    for (const wake of wakes) wake();
    for (const wait of waits) await expect(wait).rejects.toThrow('clock.now() must answer milliseconds, got NaN');
    clock.now = () => 0;
    clock.after = () => {
      throw new Error('no timers here');
    };
    await expect(held.wait('a')).rejects.toThrow('no timers here');
  });

  it('takes a maxWaitMs that is no whole number', async () => {
    const { clock, limiter: held } = limiter();
    held.allow('a');
    const [front, behind] = [held.wait('a', { maxWaitMs: 1000.5 }), held.wait('a', { maxWaitMs: 2000.9 })];
    clock.advance(2000);
    await Promise.all([front, behind]);
  });

  it('sets one timer for a key that is waited for, and waits longer than a timer can', async () => {
    vi.useFakeTimers();
    const held = new RateLimiter({ limit: 1, windowMs: 3_000_000_000 });
    held.allow('a');
    const waits = [held.wait('a'), held.wait('a')];
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(2_999_999_000);
    expect(held.stats()).toMatchObject({ allowed: 1 });
    await vi.advanceTimersByTimeAsync(3_000_002_000);
    await Promise.all(waits);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each<[why: string, options: unknown, type: typeof TypeError | typeof RangeError, message: string]>([
    ['null for options', null, TypeError, 'options must be an object, got null'],
    ['an unknown option', { maxwaitms: 5 }, TypeError, 'did you mean maxWaitMs?'],
    ['a negative maxWaitMs', { maxWaitMs: -1 }, RangeError, 'maxWaitMs must be a number from 0 up, got -1'],
    ['a maxWaitMs of NaN', { maxWaitMs: Number.NaN }, RangeError, 'got NaN'],
    ['a maxWaitMs that is no number', { maxWaitMs: '5' }, TypeError, 'got "5"'],
    ['a signal that is none', { signal: {} }, TypeError, 'signal must be an AbortSignal, got an object'],
    ['a cost that is none', { cost: -1 }, RangeError, 'cost must be a whole number from 0 up, got -1'],
  ])('refuses %s', async (_, options, type, message) => {
    const { limiter: held } = limiter();
    const wait = held.wait('a', options as typeof NEVER);
    await expect(wait).rejects.toThrow(type);
    await expect(wait).rejects.toThrow(message);
    expect(held.stats()).toMatchObject({ totalChecks: 0, activeKeys: 0 });
  });
});
