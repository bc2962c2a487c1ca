import createFastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { get, statuses } from '../../../test/http/client.js';
import { hookOf, limited, serving, start } from '../../../test/http/fastify-app.js';
import { twiceOverHttp2 } from '../../../test/http/over-http2.js';
import { httpSuite } from '../../../test/http/suite.js';
import { itNative } from '../../../test/native.js';
import { ManualClock, RateLimiter } from '../../index.js';
import rateLimit, { rateLimit as byName, type RateLimitOptions } from './fastify.js';

const ONE = { limit: 1, windowSeconds: 60 } as const;
const MANY = { limit: 100, windowSeconds: 60 } as const;

httpSuite({ name: 'Fastify 5', start });

describe('Fastify 5, by its own conventions', () => {
  it('leaves alone what a hook for timeouts has answered before it is decided', async () => {
    for (const limit of [0, 9]) {
      const app = createFastify();
      const handled: unknown[] = [];
      let know = (_key: string) => {};
      const key = () =>
        new Promise<string>((resolve) => {
          know = resolve;
        });
      app.addHook('onRequest', (_request, reply, done) => {
        done();
        reply.code(503).send('timeout');
      });
      await app.register(rateLimit, { limit, windowSeconds: 60, key });
      app.get('/', async () => handled.push('handler'));
      app.setErrorHandler((error) => handled.push(error));
      expect(await app.inject('/')).toMatchObject({ statusCode: 503, body: 'timeout' });
      know('k');
      await new Promise(setImmediate);
      expect(handled).toEqual([]);
    }
  });

  it('is the default export and has a name, which Fastify shows', async () => {
    expect(byName).toBe(rateLimit);
    const app = await limited(ONE);
    expect(app.hasPlugin('headgate')).toBe(true);
    await app.close();
  });

  it('hands the decision on as request.rateLimit, which is null where nothing was decided', async () => {
    const app = await limited({ limit: 3, windowSeconds: 60, skip: ({ url }) => url === '/skipped' });
    app.get('/', async (request) => request.rateLimit);
    app.get('/skipped', async (request) => ({ decision: request.rateLimit }));
    await serving(app, async (url) => {
      expect(JSON.parse((await get(url)).body)).toMatchObject({ allowed: true, limit: 3, remaining: 2 });
      expect(JSON.parse((await get(`${url}/skipped`)).body)).toEqual({ decision: null });
    });
  });

  it('answers a denial by the reply, so that onSend hooks see it', async () => {
    const app = await limited({ ...ONE, clock: new ManualClock() });
    app.addHook('onSend', async (_request, reply) => void reply.header('x-sent', reply.statusCode));
    app.get('/', async () => 'ok');
    await serving(app, async (url) => {
      await get(url);
      expect((await get(url)).headers).toMatchObject({ 'x-sent': '429', 'retry-after': '60', 'content-length': '30' });
    });
  });

  it('tells the limit beside an error of the handler too', async () => {
    const app = await limited(MANY);
    app.get('/', async () => {
      throw new Error('the handler failed');
    });
    await serving(app, async (url) => {
      expect(await get(url)).toMatchObject({ status: 500, headers: { 'x-ratelimit-remaining': '99' } });
    });
  });

  it('has the limiter at hand', async () => {
    const app = await limited(ONE);
    expect(hookOf(app).limiter.policies).toMatchObject([{ limit: 1 }]);
    expect(hookOf(app, { limit: () => 7 }).limiter.policies).toHaveLength(1);
    await app.close();
  });

  it('limits http2 as well', async () => {
    const app = createFastify({ http2: true });
    await app.register(rateLimit, ONE);
    app.get('/', { preHandler: hookOf(app) }, async () => 'ok');
    await app.listen({ host: '127.0.0.1', port: 0 });
    const seen = await twiceOverHttp2(app.server);
    await app.close();
    expect(seen).toEqual([200, '0', 429, '0']);
  });
});

describe('the plugin for Fastify', () => {
  it('refuses bad options when it is registered', async () => {
    for (const [options, message] of [
      [{ ...ONE, global: 'no' }, 'global must be a boolean'],
      [{ ...ONE, hook: 'onSend' }, 'hook must be'],
      [{}, 'limit must be'],
    ] as const) {
      await expect(limited(options as RateLimitOptions)).rejects.toThrow(message);
    }
  });

  it('may be registered more than once, and the limit that binds is told', async () => {
    const app = createFastify();
    await app.register(rateLimit, { limit: 2, windowSeconds: 60, name: 'minute', standard: 'latest' });
    await app.register(rateLimit, { limit: 5, windowSeconds: 3600, name: 'hour', standard: 'latest' });
    app.get('/', async () => 'ok');
    await serving(app, async (url) => {
      const { headers } = await get(url);
      expect(headers['ratelimit-policy']).toBe('"minute";q=2;w=60, "hour";q=5;w=3600');
      expect(headers.ratelimit).toBe('"minute";r=1;t=60, "hour";r=4;t=3600');
      expect(await statuses(url, 2)).toEqual([200, 429]);
    });
  });

  it('limits the instance that it is registered on, and none beside it', async () => {
    const app = createFastify();
    await app.register(
      async (child) => {
        await child.register(rateLimit, ONE);
        child.get('/in', { preHandler: hookOf(child) }, async () => 'ok');
      },
      { prefix: '/child' },
    );
    app.get('/out', async () => 'ok');
    expect(app.hasDecorator('rateLimit')).toBe(false);
    await serving(app, async (url) => {
      expect(await statuses(`${url}/child/in`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/out`, 2)).toEqual([200, 200]);
    });
  });

  it('hands out hooks of the nearest registration', async () => {
    const app = await limited({ ...MANY, global: false });
    await app.register(async (child) => {
      await child.register(rateLimit, { ...ONE, global: false });
      child.get('/', { preHandler: hookOf(child) }, async () => 'ok');
    });
    await serving(app, async (url) => expect(await statuses(url, 2)).toEqual([200, 429]));
  });

  it('leaves a decorator of its name that is there already', async () => {
    const app = createFastify();
    const theirs = () => {};
    app.decorate('rateLimit' as string, theirs);
    app.decorateRequest('rateLimit' as string, null);
    await app.register(rateLimit, ONE);
    expect(app.rateLimit).toBe(theirs);
    app.get('/', async () => 'ok');
    await serving(app, async (url) => expect(await statuses(url, 2)).toEqual([200, 429]));
  });

  it('limits requests that no route is found for', async () => {
    const app = await limited(ONE);
    await serving(app, async (url) => {
      expect([(await get(`${url}/a`)).status, (await get(`${url}/b`)).status]).toEqual([404, 429]);
    });
  });

  it('limits a not-found handler apart', async () => {
    const app = await limited({ ...MANY, global: false });
    app.setNotFoundHandler({ preHandler: hookOf(app, { limit: 1 }) }, (_request, reply) => {
      reply.code(404).send('nothing here');
    });
    app.get('/', async () => 'ok');
    await serving(app, async (url) => {
      expect(await get(`${url}/a`)).toMatchObject({ status: 404, body: 'nothing here' });
      expect(await statuses(`${url}/b`, 2)).toEqual([429, 429]);
      expect(await statuses(url, 2)).toEqual([200, 200]);
    });
  });

  it('has a wider limit for what no route is found for, by its own option or that of the handler', async () => {
    for (const notFound of [{ limit: 3 }, false] as const) {
      const app = await limited({ ...ONE, notFound });
      const own = notFound === false ? { preHandler: hookOf(app, { limit: 3 }) } : {};
      app.setNotFoundHandler(own, (_request, reply) => reply.code(404).send('nothing here'));
      app.get('/', async () => 'ok');
      await serving(app, async (url) => {
        expect(await statuses(`${url}/a`, 4)).toEqual([404, 404, 404, 429]);
        expect(await statuses(url, 2)).toEqual([200, 429]);
      });
    }
    await expect(limited({ ...ONE, notFound: 5 as never })).rejects.toThrow(
      'notFound must be an object or false, got 5',
    );
  });

  it('counts once what both it and a not-found handler limit', async () => {
    const app = await limited({ limit: 2, windowSeconds: 60 });
    app.setNotFoundHandler({ preHandler: hookOf(app) }, (_request, reply) => reply.code(404).send('nothing here'));
    await serving(app, async (url) => expect(await statuses(url, 3)).toEqual([404, 404, 429]));
  });

  itNative('counts apart in all threads what has options of its own under a shared name', async () => {
    const app = createFastify();
    const shared = { limit: 2, windowSeconds: 60, shared: 'fastify', backend: 'native' } as const;
    await app.register(rateLimit, { ...shared, global: false });
    const route = { config: { rateLimit: { limit: 1 } } };
    app.get('/a', route, async () => 'ok');
    app.get('/b', { onRequest: hookOf(app, {}) }, async () => 'ok');
    app.get('/c', { onRequest: hookOf(app) }, async () => 'ok');
    await serving(app, async (url) => {
      expect(await statuses(`${url}/a`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/b`, 3)).toEqual([200, 200, 429]);
      expect(await statuses(`${url}/c`, 3)).toEqual([200, 200, 429]);
      expect(new RateLimiter(shared).stats().totalChecks).toBe(3);
    });
  });
});
