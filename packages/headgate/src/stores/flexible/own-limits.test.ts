import { ManualClock } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { RateLimiterMemory, type RateLimiterMemoryOptions, RateLimiterRes } from '../rate-limiter-flexible.js';

describe('our RateLimiterMemory', () => {
  it('rejects with what is no Error, as the peer does', async () => {
    const limiter = new RateLimiterMemory({ points: 0, duration: 60, clock: new ManualClock() });
    const rejected = await limiter.consume('a').catch((reason: unknown) => reason);
    expect(rejected).toBeInstanceOf(RateLimiterRes);
    expect(rejected).not.toBeInstanceOf(Error);
    expect(String(rejected)).toBe(
      '{"remainingPoints":0,"msBeforeNext":60000,"consumedPoints":1,"isFirstInDuration":true}',
    );
  });

  it('keeps durations that are longer than timers run', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiterMemory({ points: 1, duration: 60 * 86_400, clock });
    await limiter.consume('a');
    clock.advance(59 * 86_400_000);
    await expect(limiter.consume('a')).rejects.toMatchObject({ msBeforeNext: 86_400_000 });
  });

  it('holds no more keys than maxKeys, and forgets none that is over its points', async () => {
    const limiter = new RateLimiterMemory({ points: 2, duration: 60, maxKeys: 3, clock: new ManualClock() });
    await limiter.penalty('over', 3);
    for (let i = 0; i < 50; i++) await limiter.consume(i);
    const known = await Promise.all(['over', ...Array(50).keys()].map((key) => limiter.get(key)));
    expect(known[0]?.consumedPoints).toBe(3);
    expect(known.filter((each) => each !== null)).toHaveLength(3);
  });

  it('forgets none that is over its points because no more blocks can be held', async () => {
    const numbers = { points: 1, duration: 60, blockDuration: 600 };
    const limiter = new RateLimiterMemory({ ...numbers, maxKeys: 1, clock: new ManualClock() });
    await expect(limiter.consume('blocked', 2)).rejects.toMatchObject({ msBeforeNext: 600_000 });
    await limiter.consume('a');
    for (let consumed = 2; consumed < 6; consumed++)
      await expect(limiter.consume('a')).rejects.toMatchObject({ consumedPoints: consumed, msBeforeNext: 60_000 });
  });

  it('rejects with a RateLimiterRes who comes to a limiter full of keys that are over their points', async () => {
    const limiter = new RateLimiterMemory({ points: 1, duration: 60, maxKeys: 1, clock: new ManualClock() });
    await limiter.penalty('over', 2);
    await expect(limiter.consume('new')).rejects.toBeInstanceOf(RateLimiterRes);
  });

  it('names keys as the peer does', () => {
    expect(new RateLimiterMemory({ points: 1, duration: 1 }).getKey(7)).toBe('rlflx:7');
    expect(new RateLimiterMemory({ points: 1, duration: 1, keyPrefix: 'login' }).getKey('a')).toBe('login:a');
    expect(new RateLimiterMemory({ points: 1, duration: 1, keyPrefix: '' }).getKey('a')).toBe('a');
  });

  it.each<[string, object, ErrorConstructor]>([
    ['points must be a number up to 134217725, got NaN', { points: Number.NaN }, RangeError],
    ['points must be a number up to 134217725, got 134217726', { points: 134_217_726 }, RangeError],
    ['points must be a number', { points: undefined }, TypeError],
    ['duration must be a number of seconds from 0, got -1', { duration: -1 }, RangeError],
    ['duration must be a number of seconds', { duration: Number.POSITIVE_INFINITY }, RangeError],
    ['duration must be a number of seconds', { duration: '60' }, TypeError],
    ['blockDuration must be a number of seconds', { blockDuration: Number.NaN }, RangeError],
    ['execEvenly must be true or false', { execEvenly: 'yes' }, TypeError],
    ['keyPrefix must be a string', { keyPrefix: 7 }, TypeError],
    ['maxKeys must be a whole number', { maxKeys: 0 }, RangeError],
    ['unknown option "inMemoryBlockDuration"', { inMemoryBlockDuration: 5 }, TypeError],
    ['unknown option "shared"', { shared: 'all' }, TypeError],
  ])('refuses what it does not know: %s, for %o', (message, options, kind) => {
    const make = () => new RateLimiterMemory({ points: 1, duration: 1, ...options } as RateLimiterMemoryOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  it('takes a name of undefined as not given, whatever the name', async () => {
    const all = { storeClient: undefined, tableName: undefined, keyPrefix: undefined, points: 1, duration: 1 };
    expect(await new RateLimiterMemory(all).consume('a')).toMatchObject({ consumedPoints: 1, remainingPoints: 0 });
    expect(() => new RateLimiterMemory({ ...all, points: undefined } as never)).toThrow('points must be a number');
    expect(() => new RateLimiterMemory({ ...all, tableName: 'limits' } as never)).toThrow('unknown option "tableName"');
  });

  it('rejects bad arguments with an Error, and changes nothing', async () => {
    const limiter = new RateLimiterMemory({ points: 1, duration: 60 });
    await expect(limiter.consume('a', Number.NaN)).rejects.toThrow(RangeError);
    await expect(limiter.penalty('a', '1' as never)).rejects.toThrow(TypeError);
    await expect(limiter.reward('a', Number.NaN)).rejects.toThrow(RangeError);
    await expect(limiter.block('a', -1)).rejects.toThrow(RangeError);
    limiter.points = 2 ** 30;
    await expect(limiter.consume('a')).rejects.toThrow('points must be a number up to 134217725, got 1073741824');
    expect(await limiter.get('a')).toBeNull();
  });
});
