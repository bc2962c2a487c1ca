import * as peer from 'rate-limiter-flexible';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RateLimiterAbstract } from './rate-limiter-abstract.js';
import { classes, peerClasses } from './rate-limiter-classes.js';
import { RateLimiterRes } from './rate-limiter-res.js';

describe("the peer's classes", () => {
  it('are those that the application has', () => {
    expect(classes).toEqual({
      Abstract: Object.getPrototypeOf(peer.RateLimiterMemory),
      Res: peer.RateLimiterRes,
    });
    expect(new peer.RateLimiterRedis({ storeClient: {}, points: 1, duration: 1 })).toBeInstanceOf(classes.Abstract);
  });

  it.each([
    ['not installed', undefined],
    ['empty', {}],
    ['without a limiter of its own kind', { RateLimiterMemory: class {}, RateLimiterRes }],
    ['without an answer', { RateLimiterMemory: peer.RateLimiterMemory }],
  ])('are none where it is %s', (_what, loaded) => expect(peerClasses(loaded)).toBeUndefined());
});

describe('our limiter without the peer', () => {
  beforeEach(() => {
    vi.resetModules();
    vi.doMock('./rate-limiter-classes.js', () => ({ classes: { Abstract: RateLimiterAbstract, Res: RateLimiterRes } }));
  });
  afterEach(() => {
    vi.doUnmock('./rate-limiter-classes.js');
    vi.resetModules();
  });

  it('answers with a class of its own', async () => {
    const alone = await import('../rate-limiter-flexible.js');
    const limiter = new alone.RateLimiterMemory({ points: 1, duration: 60 });
    expect(alone.RateLimiterRes).toBe(RateLimiterRes);
    expect(await limiter.consume('a')).toBeInstanceOf(RateLimiterRes);
    await expect(limiter.consume('a')).rejects.toMatchObject({ consumedPoints: 2, remainingPoints: 0 });
    expect(String(await limiter.get('b'))).toBe('null');
  });

  it("has the properties of the peer's limiters, with their defaults", async () => {
    const alone = await import('../rate-limiter-flexible.js');
    const of = (limiter: peer.RateLimiterAbstract) => {
      const { points, duration, msDuration, blockDuration, msBlockDuration } = limiter;
      const { execEvenly, execEvenlyMinDelayMs, keyPrefix } = limiter;
      const keys = [limiter.getKey('a'), limiter.getKey(7), limiter.parseKey(limiter.getKey('b'))].map(String);
      return {
        points,
        duration,
        msDuration,
        blockDuration,
        msBlockDuration,
        execEvenly,
        execEvenlyMinDelayMs,
        keyPrefix,
        keys,
      };
    };
    for (const numbers of [
      { points: 3, duration: 1 },
      { points: 0, duration: 0, blockDuration: 5, keyPrefix: '' },
      { points: 10, duration: 60, execEvenly: true, execEvenlyMinDelayMs: 20, keyPrefix: 'login' },
    ]) {
      const [ours, theirs] = [new alone.RateLimiterMemory(numbers), new peer.RateLimiterMemory(numbers)];
      expect(of(ours)).toEqual(of(theirs));
      for (const limiter of [ours, theirs])
        Object.assign(limiter, { points: 7, duration: 9, blockDuration: 2, execEvenly: true, execEvenlyMinDelayMs: 3 });
      expect(of(ours)).toEqual(of(theirs));
    }
  });

  it('refuses numbers that are none, when they are changed too', async () => {
    const alone = await import('../rate-limiter-flexible.js');
    const limiter = new alone.RateLimiterMemory({ points: 1, duration: 60 });
    for (const value of [Number.NaN, '5' as never])
      for (const name of ['points', 'duration'] as const)
        expect(() => {
          limiter[name] = value;
        }).toThrow(`${name} must be a finite number`);
    expect([limiter.points, limiter.duration]).toEqual([1, 60]);
  });
});
