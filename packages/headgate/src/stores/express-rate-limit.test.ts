import { createServer } from 'node:http';
import { ManualClock } from '@headgate/core-ts';
import express from 'express';
import { HOUR, type Options, rateLimit } from 'express-rate-limit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { get, statuses } from '../../test/http/client.js';
import type { Running } from '../../test/http/framework.js';
import { listen } from '../../test/http/listen.js';
import { itNative, titleWhere } from '../../test/native.js';
import { storeSuite } from '../../test/stores/suite.js';
import { backends } from '../backend/backends.js';
import { HeadgateStore } from './express-rate-limit.js';

storeSuite({
  name: 'express-rate-limit',
  start: (limit, windowMs, options) => start({ limit, windowMs, store: new HeadgateStore(options) }),
});

describe('express-rate-limit with our store', () => {
  afterEach(() => void vi.useRealTimers());

  it('counts the hits that are denied as well, and tells them in request.rateLimit', async () => {
    const used: unknown[] = [];
    const options: Partial<Options> = {
      limit: 2,
      handler: (request, response) => {
        used.push((request as unknown as { rateLimit: { used: number } }).rateLimit.used);
        response.status(429).end();
      },
    };
    await serving(options, async (url) => void (await statuses(url, 4)));
    expect(used).toEqual([3, 4]);
  });

  it('tells in its headers when the window ends, by the clock of the store', async () => {
    // The peer takes the end of the window as a date, and works out by Date.now how far it is away.
    vi.useFakeTimers({ toFake: ['Date'] });
    const clock = new ManualClock();
    const options: Partial<Options> = { limit: 5, store: new HeadgateStore({ clock }), standardHeaders: 'draft-6' };
    await serving(options, async (url) => {
      const first = (await get(url)).headers;
      expect([first['ratelimit-limit'], first['ratelimit-remaining'], first['ratelimit-reset']]).toEqual([
        '5',
        '4',
        '60',
      ]);
      clock.advance(50_000);
      const second = (await get(url)).headers;
      expect([second['ratelimit-remaining'], second['ratelimit-reset']]).toEqual(['3', '10']);
    });
  });

  it('gives back what failed requests took, the denied ones too', async () => {
    await serving({ limit: 2, skipFailedRequests: true }, async (url) => {
      expect(await statuses(`${url}/fails`, 4)).toEqual([500, 500, 500, 500]);
      expect(await statuses(url, 4)).toEqual([200, 200, 429, 429]);
    });
  });

  it('gives back what successful requests took', async () => {
    await serving({ limit: 2, skipSuccessfulRequests: true }, async (url) => {
      expect(await statuses(url, 4)).toEqual([200, 200, 200, 200]);
      expect(await statuses(`${url}/fails`, 3)).toEqual([500, 500, 429]);
    });
  });

  it('takes a limit that is a function of the request', async () => {
    await serving({ limit: (request) => Number(request.get('x-limit')) }, async (url) => {
      expect(await statuses(url, 2, { 'x-limit': '1' })).toEqual([200, 429]);
      expect(await statuses(url, 2, { 'x-limit': '3' })).toEqual([200, 429]);
    });
  });

  for (const { name, available } of backends())
    it.skipIf(!available)(
      titleWhere(available, `never lets through what passOnStoreError would, on the engine ${name}`),
      async () => {
        const logger = { warn: () => {}, error: () => {} }; // it tells of the window that is no number
        for (const windowMs of [1.1 * HOUR, 0.5, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY, Number.NaN]) {
          const store = new HeadgateStore({ clock: new ManualClock(), backend: name });
          const options = { windowMs, limit: 2, store, passOnStoreError: true, validate: false, logger };
          await serving(options, async (url) => expect(await statuses(url, 3)).toEqual([200, 200, 429]));
        }
      },
    );

  it('limits each of two middlewares that were given one store', async () => {
    const clock = new ManualClock();
    const store = new HeadgateStore({ clock });
    const shared = { limit: 2, store, passOnStoreError: true, validate: false };
    await serving({ ...shared, windowMs: 60_000 }, async (first) => {
      await serving({ ...shared, windowMs: 1000 }, async (second) => {
        expect([await statuses(first, 2), await statuses(second, 1)]).toEqual([[200, 200], [429]]);
        clock.advance(1000);
        expect([await statuses(second, 3), await statuses(first, 1)]).toEqual([[200, 200, 429], [429]]);
      });
    });
  });

  it('answers getKey and resetKey of the middleware', async () => {
    const store = new HeadgateStore({ clock: new ManualClock() });
    const limited = rateLimit({ windowMs: 60_000, limit: 1, store });
    store.increment('a');
    store.increment('a');
    expect(await limited.getKey('a')).toMatchObject({ totalHits: 2 });
    limited.resetKey('a');
    expect(await limited.getKey('a')).toBeUndefined();
  });

  itNative('counts with other stores of its shared name', async () => {
    const options = { shared: 'stores of express-rate-limit', clock: new ManualClock() };
    const [first, second] = [new HeadgateStore(options), new HeadgateStore(options)];
    expect([first.localKeys, first.prefix]).toEqual([false, options.shared]);
    await serving({ limit: 3, store: first }, async (url) => {
      await serving({ limit: 3, store: second }, async (other) => {
        expect([await statuses(url, 2), await statuses(other, 2)]).toEqual([
          [200, 200],
          [200, 429],
        ]);
      });
    });
  });
});

async function start(options: Partial<Options>): Promise<Running> {
  const app = express();
  const store = new HeadgateStore({ clock: new ManualClock() });
  const keyGenerator: Options['keyGenerator'] = (request) => request.get('x-client') ?? 'anybody';
  app.use(rateLimit({ windowMs: 60_000, store, keyGenerator, ...options }));
  app.get('/', (_request, response) => void response.send('ok'));
  app.get('/fails', (_request, response) => void response.status(500).send('failed'));
  return listen(createServer(app));
}

async function serving(options: Partial<Options>, test: (url: string) => Promise<void>): Promise<void> {
  const running = await start(options);
  try {
    await test(running.url);
  } finally {
    await running.close();
  }
}
