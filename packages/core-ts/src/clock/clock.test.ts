import { describe, expect, it } from 'vitest';
import { ManualClock, RateLimiter } from '../index.js';
import { SteadyClock } from './steady-clock.js';

function steady(...readings: number[]): number[] {
  const clock = new SteadyClock({ now: () => readings.shift() ?? 0 });
  return Array.from({ length: readings.length }, () => clock.now());
}

describe('SteadyClock', () => {
  it('stands at the highest reading while readings jitter below it', () => {
    expect(steady(100, 150, 120, 149, 50, 151, 150)).toEqual([100, 150, 150, 150, 150, 151, 151]);
    expect(steady(0, 250, 0, 250, 0, 250)).toEqual([0, 250, 250, 250, 250, 250]);
  });

  it('counts a step back beyond jitter as no time, and the way from there in full', () => {
    expect(steady(5000, 4000, 3999, 4000, 6000)).toEqual([5000, 5000, 5000, 5001, 7001]);
  });

  it('says for how long time stands by the clock', () => {
    const readings = [5000, 4000, 4999, 3999, 3999];
    const clock = new SteadyClock({ now: () => readings.shift() ?? 0 });
    const behind = Array.from({ length: 5 }, () => {
      clock.now();
      return clock.behindMs;
    });
    expect(behind).toEqual([0, 1000, 1, 0, 0]);
  });

  it('notes nothing of a reading that it refuses', () => {
    const readings = [5000, Number.NaN, 6000];
    const clock = new SteadyClock({ now: () => readings.shift() ?? 0 });
    expect(clock.now()).toBe(5000);
    expect(() => clock.now()).toThrow('got NaN');
    expect(clock.now()).toBe(6000);
  });

  it('rounds fractions down and starts anywhere', () => {
    expect(steady(-1.5, -1, 0.9)).toEqual([-2, -1, 0]);
  });

  it.each([
    [Number.NaN, RangeError, 'clock.now() must answer milliseconds, got NaN'],
    [Number.POSITIVE_INFINITY, RangeError, 'got Infinity'],
    [2 ** 53, RangeError, 'got 9007199254740992'],
    ['7', TypeError, 'clock.now() must answer a number, got "7"'],
    [7n, TypeError, 'got 7n'],
    [undefined, TypeError, 'got undefined'],
  ])('refuses the reading %s', (reading, type, message) => {
    const clock = new SteadyClock({ now: () => reading as number });
    expect(() => clock.now()).toThrow(type);
    expect(() => clock.now()).toThrow(message);
  });

  it('refuses to run beyond the safe integers', () => {
    const readings = [0, Number.MAX_SAFE_INTEGER, 0, 1001];
    const clock = new SteadyClock({ now: () => readings.shift() ?? 0 });
    for (let i = 0; i < 3; i++) clock.now();
    expect(() => clock.now()).toThrow('clock.now() ran beyond 2^53 − 1, at 1001');
  });
});

describe('ManualClock', () => {
  it('moves by whole milliseconds in both directions', () => {
    const clock = new ManualClock(5);
    clock.advance(10);
    clock.advance(-20);
    expect(clock.now()).toBe(-5);
  });

  it.each([
    [1.5, RangeError],
    [Number.NaN, RangeError],
    ['1', TypeError],
  ])('refuses to advance by %s', (ms, type) => {
    expect(() => new ManualClock().advance(ms as number)).toThrow(type);
    expect(() => new ManualClock(ms as number)).toThrow(type);
  });

  it('refuses to leave the safe integers and stays where it was', () => {
    const clock = new ManualClock(Number.MAX_SAFE_INTEGER);
    expect(() => clock.advance(1)).toThrow('the clock must be a whole number of milliseconds');
    expect(clock.now()).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('the default clock', () => {
  it('makes decisions of whole milliseconds', () => {
    const limiter = new RateLimiter({ limit: 1, windowMs: 60_000 });
    const decisions = [limiter.check('a'), limiter.peek('a'), limiter.check('a')];
    for (const { resetAfterMs, retryAfterMs } of decisions) {
      expect([resetAfterMs, retryAfterMs].every(Number.isInteger)).toBe(true);
    }
  });

  it.each([
    { name: 'performance', clock: performance },
    { name: 'Date', clock: Date },
  ])('may be given as $name', ({ clock }) => {
    const limiter = new RateLimiter({ limit: 1, windowSeconds: 60, clock });
    expect([limiter.allow('a'), limiter.allow('a')]).toEqual([true, false]);
  });
});
