import { createServer } from 'node:http';
import { ManualClock } from '@headgate/core-ts';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { type ConfigProps, rateLimiter } from 'hono-rate-limiter';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../../test/http/listen.js';
import { storeSuite } from '../../test/stores/suite.js';
import { HeadgateStore } from './hono-rate-limiter.js';

storeSuite({
  name: 'hono-rate-limiter',
  start: (limit, windowMs, options) => {
    const app = appOf({ limit, windowMs, store: new HeadgateStore(options) });
    return listen(createServer(getRequestListener(app.fetch)));
  },
});

describe('hono-rate-limiter with our store', () => {
  afterEach(() => void vi.useRealTimers());

  it('tells in its headers what is left, and when the window ends by the clock of the store', async () => {
    // The peer takes the end of the window as a date, and works out by Date.now how far it is away.
    vi.useFakeTimers({ toFake: ['Date'] });
    const clock = new ManualClock();
    const app = appOf({ limit: 2, store: new HeadgateStore({ clock }) });
    const fields = async () => {
      const { headers } = await app.request('/');
      return [headers.get('ratelimit-remaining'), headers.get('ratelimit-reset'), headers.get('retry-after')];
    };
    expect(await fields()).toEqual(['1', '60', null]);
    clock.advance(50_000);
    expect([await fields(), await fields()]).toEqual([
      ['0', '10', null],
      ['0', '10', '10'],
    ]);
  });

  it('gives back what failed requests took, those that throw too', async () => {
    const app = appOf({ limit: 2, skipFailedRequests: true });
    expect(await statuses(app, '/fails', 3)).toEqual([500, 500, 500]);
    expect(await statuses(app, '/throws', 3)).toEqual([500, 500, 500]);
    expect(await statuses(app, '/', 4)).toEqual([200, 200, 429, 429]);
  });

  it('gives back what successful requests took', async () => {
    const app = appOf({ limit: 2, skipSuccessfulRequests: true });
    expect(await statuses(app, '/', 4)).toEqual([200, 200, 200, 200]);
    expect(await statuses(app, '/fails', 3)).toEqual([500, 500, 429]);
  });

  it('counts for several middlewares in one store, by the window that the last one told', async () => {
    const clock = new ManualClock();
    const store = new HeadgateStore({ clock });
    const [first, second] = [appOf({ limit: 3, store }), appOf({ limit: 2, windowMs: 1000, store })];
    expect([await statuses(first, '/', 1), await statuses(second, '/', 2)]).toEqual([[200], [200, 429]]);
    clock.advance(1000);
    expect(await statuses(first, '/', 3)).toEqual([200, 200, 200]);
  });
});

function appOf(options: Partial<ConfigProps>): Hono {
  const app = new Hono();
  const store = new HeadgateStore({ clock: new ManualClock() });
  const keyGenerator: ConfigProps['keyGenerator'] = (c) => c.req.header('x-client') ?? 'anybody';
  app.use(rateLimiter({ windowMs: 60_000, store, keyGenerator, ...options } as ConfigProps));
  app.get('/', (c) => c.text('ok'));
  app.get('/fails', (c) => c.text('failed', 500));
  app.get('/throws', () => {
    throw new Error('the handler failed');
  });
  app.onError((_error, c) => c.text('failed', 500));
  return app;
}

async function statuses(app: Hono, path: string, count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await app.request(path)).status);
  return seen;
}
