import 'reflect-metadata';
import { ManualClock } from '@headgate/core-ts';
import type { ThrottlerOptions } from '@nestjs/throttler';
import { describe, expect, it } from 'vitest';
import { get, statuses } from '../../test/http/client.js';
import { storeSuite } from '../../test/stores/suite.js';
import { startThrottled as start } from '../../test/stores/throttled-app.js';
import { HeadgateThrottlerStorage } from './nestjs-throttler.js';

const algorithms = ['fixed-window', 'sliding-window', 'token-bucket'] as const;

storeSuite({
  name: '@nestjs/throttler',
  start: (limit, ttl, options) => start([{ limit, ttl, blockDuration: 0 }], new HeadgateThrottlerStorage(options)),
});

describe('@nestjs/throttler with our storage', () => {
  it('tells in its headers what is left, and when to come again', async () => {
    const clock = new ManualClock();
    const storage = new HeadgateThrottlerStorage({ clock });
    await serving([{ limit: 2, ttl: 60_000 }], storage, async (url) => {
      const fields = async () => {
        const { headers } = await get(url);
        return [headers['x-ratelimit-remaining'], headers['x-ratelimit-reset'], headers['retry-after']];
      };
      expect(await fields()).toEqual(['1', '60', undefined]);
      clock.advance(20_000);
      expect([await fields(), await fields()]).toEqual([
        ['0', '40', undefined],
        [undefined, undefined, '60'],
      ]);
    });
  });

  it('blocks for as long as the guard says from the first denial, which later ones do not move', async () => {
    const clock = new ManualClock();
    await serving(
      [{ limit: 1, ttl: 1000, blockDuration: 30_000 }],
      new HeadgateThrottlerStorage({ clock }),
      async (url) => {
        expect(await statuses(url, 2)).toEqual([200, 429]);
        clock.advance(29_999);
        expect((await get(url)).headers['retry-after']).toBe('1');
        clock.advance(1);
        expect(await statuses(url, 2)).toEqual([200, 429]);
      },
    );
  });

  it('never lets through more than the limit in any span of one ttl, with the sliding window', async () => {
    const clock = new ManualClock();
    await serving(
      [{ limit: 2, ttl: 60_000, blockDuration: 0 }],
      new HeadgateThrottlerStorage({ clock, algorithm: 'sliding-window' }),
      async (url) => {
        expect(await statuses(url, 1)).toEqual([200]);
        clock.advance(59_000);
        expect(await statuses(url, 1)).toEqual([200]);
        clock.advance(2_000);
        expect(await statuses(url, 1)).toEqual([429]);
      },
    );
  });

  it('keeps the limit of a ttl also where a block is shorter than that, with the sliding window', async () => {
    const clock = new ManualClock();
    await serving(
      [{ limit: 2, ttl: 60_000, blockDuration: 1000 }],
      new HeadgateThrottlerStorage({ clock, algorithm: 'sliding-window' }),
      async (url) => {
        expect(await statuses(url, 3)).toEqual([200, 200, 429]);
        clock.advance(1000);
        expect(await statuses(url, 1)).toEqual([429]);
      },
    );
  });

  it('counts each of several throttlers under its own name', async () => {
    const clock = new ManualClock();
    const throttlers = [
      { name: 'short', limit: 1, ttl: 1000, blockDuration: 0 },
      { name: 'long', limit: 2, ttl: 60_000, blockDuration: 0 },
    ];
    const sameKey = throttlers.map((each) => ({ ...each, generateKey: () => 'one key for all' }));
    for (const list of [throttlers, sameKey]) {
      await serving(list, new HeadgateThrottlerStorage({ clock }), async (url) => {
        const first = (await get(url)).headers;
        expect([first['x-ratelimit-remaining-short'], first['x-ratelimit-remaining-long']]).toEqual(['0', '1']);
        expect((await get(url)).headers['retry-after-short']).toBeDefined();
        clock.advance(2000);
        expect(await statuses(url, 1)).toEqual([200]);
        clock.advance(2000);
        expect((await get(url)).headers['retry-after-long']).toBeDefined();
      });
      clock.advance(200_000);
    }
  });

  it('holds where the limit is a function that answers another number each time', async () => {
    let calls = 0;
    const changing = { limit: () => 2 + (calls++ % 2), ttl: 60_000, blockDuration: 0 };
    await serving([changing], new HeadgateThrottlerStorage({ clock: new ManualClock() }), async (url) => {
      const seen = await statuses(url, 10);
      expect(seen.filter((status) => status === 200)).toHaveLength(3);
    });
  });

  it('counts a denial as one more than the limit, and tells whole seconds', async () => {
    const clock = new ManualClock();
    const storage = new HeadgateThrottlerStorage({ clock });
    const ask = () => storage.increment('key', 1500, 1, 0, 'default');
    expect(await ask()).toEqual({ totalHits: 1, timeToExpire: 2, isBlocked: false, timeToBlockExpire: 0 });
    clock.advance(600);
    expect(await ask()).toEqual({ totalHits: 2, timeToExpire: 1, isBlocked: true, timeToBlockExpire: 1 });
  });

  it.each(algorithms)('tells a finite time also where nothing can ever fit, with the %s', async (algorithm) => {
    const storage = new HeadgateThrottlerStorage({ algorithm });
    expect(await storage.increment('key', 1500, 0, 4000, 'default')).toMatchObject({
      isBlocked: true,
      timeToBlockExpire: 4,
    });
  });

  it('counts any number of limits and lengths', async () => {
    const storage = new HeadgateThrottlerStorage({ clock: new ManualClock() });
    for (let i = 0; i < 100; i++) {
      const ask = () => storage.increment(`key ${i}`, 60_000 + i, 1 + i, 0, 'default');
      for (let hit = 0; hit <= i; hit++) expect((await ask()).isBlocked).toBe(false);
      expect((await ask()).isBlocked).toBe(true);
    }
  });

  it.each(algorithms)('takes numbers with a fraction, with the %s', async (algorithm) => {
    const storage = new HeadgateThrottlerStorage({ clock: new ManualClock(), algorithm });
    const ask = async (blockMs: number) =>
      (await storage.increment(`key ${blockMs}`, 1.1 * 3_600_000, 2.5, blockMs, 'default')).isBlocked;
    for (const blockMs of [0, 1000.5, Number.POSITIVE_INFINITY])
      expect([await ask(blockMs), await ask(blockMs), await ask(blockMs)]).toEqual([false, false, true]);
  });

  it('limits nobody where the limit is infinite', async () => {
    const storage = new HeadgateThrottlerStorage({ clock: new ManualClock() });
    for (let i = 0; i < 50; i++)
      expect(await storage.increment('key', 1000, Number.POSITIVE_INFINITY, 1000, 'default')).toMatchObject({
        totalHits: i + 1,
        isBlocked: false,
      });
  });

  it('forgets all when the application shuts down, as the guard has its own storage do', async () => {
    for (const algorithm of algorithms) {
      const storage = new HeadgateThrottlerStorage({ clock: new ManualClock(), algorithm });
      const ask = async () => (await storage.increment('key', 1000, 1, 1000, 'default')).isBlocked;
      expect([await ask(), await ask()]).toEqual([false, true]);
      storage.onApplicationShutdown();
      expect(await ask()).toBe(false);
    }
  });

  it('refuses a bad option when it is made, and bad numbers when it is asked', async () => {
    expect(() => new HeadgateThrottlerStorage({ shared: 'all' } as never)).toThrow(/unknown option "shared"/);
    expect(() => new HeadgateThrottlerStorage({ algorithm: 'leaky' as never })).toThrow(/algorithm must be/);
    const storage = new HeadgateThrottlerStorage();
    await expect(storage.increment('key', Number.NaN, 1, 0, 'default')).rejects.toThrow('ttl must be a number');
    await expect(storage.increment('key', 1000, Number.NaN, 0, 'default')).rejects.toThrow('limit must be a number');
  });
});

async function serving(
  throttlers: ThrottlerOptions[],
  storage: HeadgateThrottlerStorage,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const running = await start(throttlers, storage);
  try {
    await test(running.url);
  } finally {
    await running.close();
  }
}
