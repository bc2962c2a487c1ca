import rateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit';
import { ManualClock } from '@headgate/core-ts';
import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { itNative, titleWhere } from '../../test/native.js';
import { storeSuite } from '../../test/stores/suite.js';
import { backends } from '../backend/backends.js';
import { headgateStore } from './fastify-rate-limit.js';

storeSuite({
  name: '@fastify/rate-limit',
  async start(limit, windowMs, options) {
    const app = await appOf({ max: limit, timeWindow: windowMs, store: headgateStore(options) });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, close: () => app.close() };
  },
});

describe('@fastify/rate-limit with our store', () => {
  it('tells in its headers what is left, and when the window ends by the clock of the store', async () => {
    const clock = new ManualClock();
    const app = await appOf({ max: 2, store: headgateStore({ clock }) });
    const fields = async () => {
      const { headers } = await app.inject('/');
      return [headers['x-ratelimit-remaining'], headers['x-ratelimit-reset'], headers['retry-after']];
    };
    expect(await fields()).toEqual(['1', '60', undefined]);
    clock.advance(50_000);
    expect([await fields(), await fields()]).toEqual([
      ['0', '10', undefined],
      ['0', '10', '10'],
    ]);
  });

  it('starts the window anew with each denial where continueExceeding asks for that', async () => {
    const clock = new ManualClock();
    const app = await appOf({ max: 1, continueExceeding: true, store: headgateStore({ clock }) });
    expect(await statuses(app, 2)).toEqual([200, 429]);
    clock.advance(59_999);
    expect((await app.inject('/')).headers['retry-after']).toBe('60');
    clock.advance(59_999);
    expect(await statuses(app, 1)).toEqual([429]);
    clock.advance(60_000);
    expect(await statuses(app, 1)).toEqual([200]);
    clock.advance(59_999);
    expect((await app.inject('/')).statusCode).toBe(429);
  });

  it('lets the window of who stays within max end in its time, with continueExceeding too', async () => {
    const clock = new ManualClock();
    const app = await appOf({ max: 2, continueExceeding: true, store: headgateStore({ clock }) });
    expect(await statuses(app, 1)).toEqual([200]);
    clock.advance(30_000);
    expect(await statuses(app, 1)).toEqual([200]);
    clock.advance(30_000);
    expect(await statuses(app, 3)).toEqual([200, 200, 429]);
  });

  it('denies, with continueExceeding too, who comes to a store full of clients at their limits', async () => {
    const store = headgateStore({ maxKeys: 1, clock: new ManualClock() });
    const app = await appOf({ max: 1, continueExceeding: true, store });
    expect(await statuses(app, 1, '/', { 'x-client': 'one' })).toEqual([200]);
    expect(await statuses(app, 2, '/', { 'x-client': 'two' })).toEqual([429, 429]);
  });

  it('counts on above the limit, so that ban is reached', async () => {
    const app = await appOf({ max: 1, ban: 2 });
    expect(await statuses(app, 5)).toEqual([200, 429, 429, 403, 403]);
  });

  for (const { name, available } of backends())
    it.skipIf(!available)(
      titleWhere(available, `holds off for twice as long with each denial, on the engine ${name}`),
      async () => {
        const clock = new ManualClock();
        const store = headgateStore({ clock, backend: name });
        const app = await appOf({ max: 2, exponentialBackoff: true, store });
        const retry = async () => (await app.inject('/')).headers['retry-after'];
        await statuses(app, 2);
        expect([await retry(), await retry(), await retry(), await retry()]).toEqual(['60', '120', '240', '480']);
        clock.advance(480_000 - 1);
        expect(await retry()).toBe('960');
        clock.advance(960_000);
        expect(await statuses(app, 3)).toEqual([200, 200, 429]);
      },
    );

  it('tells what is left of a back-off without making it longer', async () => {
    const clock = new ManualClock();
    const app = await appOf({ max: 1, exponentialBackoff: true, global: false, store: headgateStore({ clock }) });
    const check = app.createRateLimit();
    app.get('/peek', async (request) => check(request, { increment: false }));
    app.get('/count', async (request) => check(request));
    for (let i = 0; i < 3; i++) await app.inject('/count');
    clock.advance(50_000);
    for (let i = 0; i < 2; i++)
      expect((await app.inject('/peek')).json()).toMatchObject({ ttl: 70_000, isExceeded: true });
  });

  it('tells no time beyond what numbers hold, however often it denies', async () => {
    const app = await appOf({ max: 1, exponentialBackoff: true, global: false });
    const check = app.createRateLimit();
    app.get('/count', async (request) => check(request));
    let last = { ttl: 0, isExceeded: false };
    for (let i = 0; i < 60; i++) last = (await app.inject('/count')).json();
    expect(last).toMatchObject({ ttl: Number.MAX_SAFE_INTEGER, isExceeded: true });
  });

  it('forgets nobody because no more back-offs can be held', async () => {
    const store = headgateStore({ maxKeys: 1, clock: new ManualClock() });
    const app = await appOf({ max: 1, exponentialBackoff: true, store });
    const at = (client: string, count: number) => statuses(app, count, '/', { 'x-client': client });
    expect([await at('one', 3), await at('two', 4)]).toEqual([
      [200, 429, 429],
      [200, 429, 429, 429],
    ]);
    const three = await at('three', 40);
    expect(three.filter((status) => status === 200)).toHaveLength(three[0] === 200 ? 1 : 0);
  });

  it('holds nobody off for long who comes to a full store', async () => {
    const clock = new ManualClock();
    const store = headgateStore({ maxKeys: 1, clock });
    const app = await appOf({ max: 1, exponentialBackoff: true, store });
    expect(await statuses(app, 1, '/', { 'x-client': 'one' })).toEqual([200]);
    expect(await statuses(app, 5, '/', { 'x-client': 'two' })).toEqual([429, 429, 429, 429, 429]);
    clock.advance(120_000);
    expect(await statuses(app, 1, '/', { 'x-client': 'two' })).toEqual([200]);
  });

  it('counts a route with limits of its own apart', async () => {
    const app = await appOf({ max: 3 });
    expect(await statuses(app, 2, '/own')).toEqual([200, 429]);
    expect(await statuses(app, 4)).toEqual([200, 200, 200, 429]);
  });

  it('takes a max and a timeWindow that are functions of the request', async () => {
    const clock = new ManualClock();
    const app = await appOf({
      max: (request) => Number(request.headers['x-max']),
      timeWindow: (request) => Number(request.headers['x-window'] ?? 60_000),
      store: headgateStore({ clock }),
    });
    expect(await statuses(app, 2, '/', { 'x-max': '1' })).toEqual([200, 429]);
    expect(await statuses(app, 2, '/', { 'x-max': '3' })).toEqual([200, 429]);
  });

  it('holds the limit where timeWindow answers another length each time', async () => {
    let windowMs = 60_000;
    const app = await appOf({ max: 2, timeWindow: () => windowMs++ });
    expect(await statuses(app, 4)).toEqual([200, 200, 429, 429]);
  });

  it('counts each hit once where timeWindow goes over to another length', async () => {
    const lengths = [60_000, 50_000, 50_000, 60_000];
    const app = await appOf({ max: 3, timeWindow: () => lengths.shift() ?? 50_000 });
    expect(await statuses(app, 4)).toEqual([200, 200, 200, 429]);
  });

  it('holds the limit of each client also where more lengths of windows run than it keeps apart', async () => {
    let windowMs = 60_000;
    const byClient = { max: 1, timeWindow: () => windowMs++, skipOnError: true };
    const app = await appOf(byClient);
    for (let i = 0; i < 100; i++) expect(await statuses(app, 2, '/', { 'x-client': `${i}` })).toEqual([200, 429]);
  });

  it('takes a timeWindow with a fraction, and one of 0, from a function too', async () => {
    for (const timeWindow of [() => 1000.5, () => 0.2, () => 0, 1000.5, 0]) {
      const app = await appOf({ max: 1, timeWindow, skipOnError: true });
      expect(await statuses(app, 2)).toEqual([200, 429]);
    }
  });

  it('forgets lengths of which no window runs any more', async () => {
    const clock = new ManualClock();
    let windowMs = 1000;
    const app = await appOf({ max: 1, timeWindow: () => windowMs++, store: headgateStore({ clock }) });
    for (let i = 0; i < 100; i++) {
      expect((await app.inject('/')).statusCode).toBe(200);
      clock.advance(2000);
    }
  });

  it('tells without counting where createRateLimit is asked to', async () => {
    const app = await appOf({ global: false, max: 2 });
    const check = app.createRateLimit();
    app.get('/peek', async (request) => check(request, { increment: false }));
    app.get('/count', async (request) => check(request));
    const remaining = async (url: string) => (await app.inject(url)).json().remaining;
    expect(await remaining('/peek')).toBe(2);
    expect([await remaining('/count'), await remaining('/peek'), await remaining('/peek')]).toEqual([1, 1, 1]);
  });

  it('limits by whatever keyGenerator answers, with skipOnError too', async () => {
    for (const key of ['', 7, undefined, null, {}]) {
      const app = await appOf({ max: 1, keyGenerator: () => key as never, skipOnError: true });
      expect(await statuses(app, 2)).toEqual([200, 429]);
    }
  });

  it('refuses a bad option when the store is made', () => {
    expect(() => headgateStore({ cache: 5000 } as never)).toThrow(/unknown option "cache", with the value 5000/);
    expect(() => headgateStore({ maxKeys: 0 })).toThrow(RangeError);
  });

  itNative('counts with other stores of its shared name, route by route', async () => {
    const options = { max: 2, store: headgateStore({ shared: 'stores of fastify', clock: new ManualClock() }) };
    const [first, second] = [await appOf(options), await appOf(options)];
    expect([await statuses(first, 1), await statuses(second, 2)]).toEqual([[200], [200, 429]]);
    expect([await statuses(first, 1, '/own'), await statuses(second, 1, '/own')]).toEqual([[200], [429]]);
  });
});

async function appOf(options: RateLimitPluginOptions): Promise<FastifyInstance> {
  const app = fastify();
  const store = headgateStore({ clock: new ManualClock() });
  const keyGenerator = (request: { headers: NodeJS.Dict<string | string[]> }) =>
    String(request.headers['x-client'] ?? 'anybody');
  await app.register(rateLimit, { timeWindow: 60_000, store, keyGenerator, ...options });
  app.get('/', async () => 'ok');
  app.get('/own', { config: { rateLimit: { max: 1 } } }, async () => 'own');
  return app;
}

async function statuses(
  app: FastifyInstance,
  count: number,
  url = '/',
  headers: Record<string, string> = {},
): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await app.inject({ url, headers })).statusCode);
  return seen;
}
