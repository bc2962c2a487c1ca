import { createServer } from 'node:http';
import { ManualClock } from '@headgate/core-ts';
import Koa from 'koa';
import ratelimit, { type MiddlewareOptions } from 'koa-ratelimit';
import { describe, expect, it } from 'vitest';
import { get, statuses } from '../../test/http/client.js';
import type { Running } from '../../test/http/framework.js';
import { listen } from '../../test/http/listen.js';
import { itNative, titleWhere } from '../../test/native.js';
import { storeSuite } from '../../test/stores/suite.js';
import { backends } from '../backend/backends.js';
import { headgateDriver } from './koa-ratelimit.js';

storeSuite({
  name: 'koa-ratelimit',
  start: (max, duration, options) => start({ max, duration, ...headgateDriver(options) }),
});

describe('koa-ratelimit with our driver', () => {
  it('tells in its headers what is left, and when the window ends by the clock of the driver', async () => {
    const clock = new ManualClock();
    await serving({ max: 3, ...headgateDriver({ clock }) }, async (url) => {
      const left = async () => {
        const earliest = Math.floor(Date.now() / 1000);
        const { headers } = await get(url);
        const latest = Math.ceil(Date.now() / 1000);
        const reset = Number(headers['x-ratelimit-reset']);
        return { remaining: headers['x-ratelimit-remaining'], atLeast: reset - latest, atMost: reset - earliest };
      };
      const first = await left();
      expect(first.remaining).toBe('2');
      expect(first.atLeast).toBeLessThanOrEqual(60);
      expect(first.atMost).toBeGreaterThanOrEqual(60);
      clock.advance(50_000);
      const second = await left();
      expect(second.remaining).toBe('1');
      expect(second.atLeast).toBeLessThanOrEqual(10);
      expect(second.atMost).toBeGreaterThanOrEqual(10);
    });
  });

  for (const { name, available } of backends())
    it.skipIf(!available)(titleWhere(available, `rounds Retry-After down once, on the engine ${name}`), async () => {
      const clock = new ManualClock();
      await serving({ max: 1, ...headgateDriver({ clock, backend: name }) }, async (url) => {
        await statuses(url, 1);
        for (const [stepMs, leftMs] of [
          [0, 60_000],
          [500, 59_500],
          [58_600, 900],
        ]) {
          clock.advance(stepMs as number);
          const { headers } = await get(url);
          const early = Math.floor((leftMs as number) / 1000) - Number(headers['retry-after']);
          expect([0, 1]).toContain(early); // 1 where a second of the system's clock ends between two readings of it
          const reset = Number(headers['x-ratelimit-reset']) - (Date.now() + (leftMs as number)) / 1000;
          expect(Math.abs(reset)).toBeLessThan(2);
        }
      });
    });

  it('takes numbers with a fraction, as the driver does that it stands for', async () => {
    await serving({ max: 1.5, duration: 1000.5, ...headgateDriver({ clock: new ManualClock() }) }, async (url) => {
      expect(await statuses(url, 3)).toEqual([200, 200, 429]);
    });
  });

  it('does not count what it denies', async () => {
    const clock = new ManualClock();
    await serving({ max: 1, ...headgateDriver({ clock, algorithm: 'token-bucket' }) }, async (url) => {
      expect(await statuses(url, 3)).toEqual([200, 429, 429]);
      clock.advance(60_000);
      expect(await statuses(url, 2)).toEqual([200, 429]);
    });
  });

  it('decides by the algorithm that is asked for', async () => {
    const clock = new ManualClock();
    await serving({ max: 2, ...headgateDriver({ clock, algorithm: 'sliding-window' }) }, async (url) => {
      expect(await statuses(url, 1)).toEqual([200]);
      clock.advance(59_000);
      expect(await statuses(url, 1)).toEqual([200]);
      clock.advance(2_000);
      expect(await statuses(url, 2)).toEqual([429, 429]);
    });
  });

  it('counts middlewares with other numbers apart, where they have one driver', async () => {
    const driver = headgateDriver({ clock: new ManualClock() });
    await serving({ max: 1, ...driver }, async (first) => {
      await serving({ max: 2, ...driver }, async (second) => {
        expect([await statuses(first, 2), await statuses(second, 3)]).toEqual([
          [200, 429],
          [200, 200, 429],
        ]);
      });
    });
  });

  it('answers a peek without counting, as the command does that it stands for', () => {
    const { db } = headgateDriver({ clock: new ManualClock() });
    const command = db as unknown as { ratelimiter(...of: [string, number, number, number, '0' | '1']): number[] };
    const ask = (peek: '0' | '1') => command.ratelimiter('key', 0, 60_000, 2, peek)[0];
    expect([ask('1'), ask('0'), ask('1'), ask('0'), ask('1'), ask('0')]).toEqual([2, 2, 1, 1, 0, 0]);
  });

  it('answers with an error, and lets nobody through, where max is 0', async () => {
    await serving({ max: 0, ...headgateDriver() }, async (url) => expect(await statuses(url, 2)).toEqual([500, 500]));
  });

  it('refuses a bad option when it is made', () => {
    expect(() => headgateDriver({ max: 5 } as never)).toThrow(/unknown option "max", with the value 5/);
    expect(() => headgateDriver({ algorithm: 'leaky' as never })).toThrow(/algorithm must be/);
    expect(() => headgateDriver({ maxKeys: 1.5 })).toThrow(RangeError);
  });

  itNative('counts with other drivers of its shared name', async () => {
    const options = { shared: 'drivers of koa', clock: new ManualClock() };
    await serving({ max: 2, ...headgateDriver(options) }, async (first) => {
      await serving({ max: 2, ...headgateDriver(options) }, async (second) => {
        expect([await statuses(first, 1), await statuses(second, 2)]).toEqual([[200], [200, 429]]);
      });
    });
  });
});

async function start(options: MiddlewareOptions): Promise<Running> {
  const app = new Koa();
  app.silent = true; // errors are what a test looks at, by their status
  app.use(ratelimit({ duration: 60_000, id: (context) => context.get('x-client') || 'anybody', ...options }));
  app.use((context) => {
    context.body = 'ok';
  });
  return listen(createServer(app.callback()));
}

async function serving(options: MiddlewareOptions, test: (url: string) => Promise<void>): Promise<void> {
  const running = await start(options);
  try {
    await test(running.url);
  } finally {
    await running.close();
  }
}
