import createFastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { get, statuses } from '../../../test/http/client.js';
import { hookOf, limited, serving } from '../../../test/http/fastify-app.js';
import { ManualClock } from '../../index.js';
import rateLimit from './fastify.js';

const ONE = { limit: 1, windowSeconds: 60 } as const;
const MANY = { limit: 100, windowSeconds: 60 } as const;

describe('routes of Fastify', () => {
  it('have limits of their own by config.rateLimit, or none', async () => {
    const app = await limited({ limit: 2, windowSeconds: 60, clock: new ManualClock() });
    app.get('/', async () => 'ok');
    app.get('/login', { config: { rateLimit: { limit: 1, windowMs: 500, message: 'slow down' } } }, async () => 'ok');
    app.get('/health', { config: { rateLimit: false } }, async () => 'ok');
    await serving(app, async (url) => {
      expect(await statuses(`${url}/health`, 3)).toEqual([200, 200, 200]);
      expect(await statuses(`${url}/login`, 2)).toEqual([200, 429]);
      expect(await get(`${url}/login`)).toMatchObject({
        body: '{"detail":"slow down"}',
        headers: { 'retry-after': '1' },
      });
      expect(await statuses(url, 3)).toEqual([200, 200, 429]);
    });
  });

  it('are limited only where they ask for it, with global: false', async () => {
    const app = await limited({ global: false, windowSeconds: 60 });
    app.get('/', async () => 'ok');
    app.get('/login', { config: { rateLimit: { limit: 1 } } }, async () => 'ok');
    await serving(app, async (url) => {
      expect(await statuses(url, 3)).toEqual([200, 200, 200]);
      expect(await statuses(`${url}/nowhere`, 2)).toEqual([404, 404]);
      expect(await statuses(`${url}/login`, 2)).toEqual([200, 429]);
    });
  });

  it('are counted apart, also where they share one config, but HEAD as its GET', async () => {
    const app = await limited({ global: false });
    const strict = { config: { rateLimit: ONE } };
    app.get('/a', strict, async () => 'a');
    app.get('/b', strict, async () => 'b');
    app.post('/b', strict, async () => 'b');
    app.route({ ...strict, method: ['GET', 'PUT'], url: '/c', handler: async () => 'c' });
    await app.register(async (child) => void child.get('/', strict, async () => 'd'), { prefix: '/d' });
    await serving(app, async (url) => {
      for (const path of ['/a', '/b', '/c', '/d']) {
        expect([(await get(url + path, {}, 'HEAD')).status, (await get(url + path)).status]).toEqual([200, 429]);
      }
      expect((await get(`${url}/d/`)).status).toBe(429);
      expect((await get(`${url}/b`, {}, 'POST')).status).toBe(200);
    });
  });

  it('keep their own hooks, which are not changed for others', async () => {
    const app = await limited(ONE);
    const hooks: (() => Promise<void>)[] = [async () => {}];
    app.get('/a', { onRequest: hooks }, async () => 'ok');
    app.get('/b', { onRequest: hooks, config: { rateLimit: false } }, async () => 'ok');
    expect(hooks).toHaveLength(1);
    await serving(app, async (url) => {
      expect(await statuses(`${url}/a`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/b`, 2)).toEqual([200, 200]);
    });
  });

  it('are told by their pattern, and paths without a route together', async () => {
    const app = await limited({ ...ONE, key: 'route' });
    app.get('/items/:id', async () => 'ok');
    app.get('/users/:id', async () => 'ok');
    await serving(app, async (url) => {
      const seen = [];
      for (const path of ['/items/1', '/users/1', '/items/2', '/no', '/never'])
        seen.push((await get(url + path)).status);
      expect(seen).toEqual([200, 200, 429, 404, 429]);
    });
  });

  it('are limited too where they were added before the plugin was loaded', async () => {
    const app = createFastify();
    app.register(rateLimit, { limit: 2, windowSeconds: 60 }); // not awaited
    app.get('/', async () => 'ok');
    app.get('/login', { config: { rateLimit: { limit: 1 } } }, async () => 'ok');
    app.get('/health', { config: { rateLimit: false } }, async () => 'ok');
    await serving(app, async (url) => {
      expect(await statuses(url, 3)).toEqual([200, 200, 429]);
      expect(await statuses(`${url}/login`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/health`, 3)).toEqual([200, 200, 200]);
    });
  });

  it('refuse a config that is none when they are added', async () => {
    const app = await limited(MANY);
    const add = (rateLimit: unknown) => () =>
      app.get('/', { config: { rateLimit: rateLimit as never } }, async () => 'ok');
    expect(add({ limit: -1 })).toThrow('limit must be');
    expect(add({ max: 1 })).toThrow('unknown option "max"');
    expect(add({ hook: 'onSend' })).toThrow('hook must be');
    expect(add(true)).toThrow('config.rateLimit must be an object or false, got true');
    expect(add(null)).toThrow('config.rateLimit must be an object or false, got null');
    expect(() => app.get('/', { config: { headgate: 1 as never } }, async () => 'ok')).toThrow(
      'config.headgate must be',
    );
    await app.close();
  });

  it('take a hook that is put there by hand, whatever their types', async () => {
    const app = await limited({ ...MANY, global: false });
    const strict = hookOf(app, ONE);
    app.get<{ Querystring: { page: number } }>('/', { preHandler: [strict, strict] }, async ({ query }) => query);
    await serving(app, async (url) => expect(await statuses(url, 2)).toEqual([200, 429]));
  });
});
