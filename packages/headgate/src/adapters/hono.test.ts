import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { HTTPException } from 'hono/http-exception';
import { jwt, sign } from 'hono/jwt';
import { describe, expect, it } from 'vitest';
import type { AnyOptions, Running } from '../../test/http/framework.js';
import { keysAndReset } from '../../test/http/keys-and-reset.js';
import { listen } from '../../test/http/listen.js';
import { httpSuite } from '../../test/http/suite.js';
import { ManualClock, RateLimiter } from '../index.js';
import { type RateLimitOptions, rateLimit } from './hono.js';

httpSuite({ name: 'Hono on @hono/node-server', start });

const ONE = { limit: 1, windowSeconds: 60, key: () => 'k' } as const;
const TWO = { ...ONE, limit: 2 } as const;

describe('Hono, by its own conventions', () => {
  it('hands the decision on as c.get("rateLimit"), typed', async () => {
    const app = new Hono().use(rateLimit(TWO)).get('/', (c) => c.text(`${c.get('rateLimit')?.remaining} left`));
    expect(await (await app.request('/')).text()).toBe('1 left');
  });

  it('lets a handler answer the denial, with the status set', async () => {
    const handler: RateLimitOptions['handler'] = (c, { limit, key }) => c.text(`denied at ${limit}: ${key.trim()}`);
    const app = new Hono().use(rateLimit({ ...ONE, limit: 0, handler }));
    const response = await app.request('/');
    expect([response.status, await response.text()]).toEqual([429, 'denied at 0: k']);
    expect(response.headers.get('x-ratelimit-limit')).toBe('0');
  });

  it('adds the headers to a Response that such a handler makes itself', async () => {
    const app = new Hono().use(rateLimit({ ...ONE, limit: 0, handler: () => new Response('no', { status: 420 }) }));
    const { status, headers } = await app.request('/');
    expect([status, headers.get('x-ratelimit-limit'), headers.get('cache-control')]).toEqual([420, '0', 'no-store']);
  });

  it('keeps in a denial what middleware further out told, but for its being cached', async () => {
    const app = new Hono().use(cors());
    app.use(async (c, next) => {
      c.header('X-Powered-By', 'Hono');
      c.header('Cache-Control', 'public');
      await next();
    });
    app.use(rateLimit({ ...ONE, limit: 0 }));
    const { status, headers } = await app.request('/');
    expect([status, headers.get('access-control-allow-origin'), headers.get('x-powered-by')]).toEqual([
      429,
      '*',
      'Hono',
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('knows the pattern of the route, mounted on it or in front of all', async () => {
    for (const mount of ['*', '/items/:id'] as const) {
      const app = new Hono().basePath('/api');
      app.use(mount, rateLimit({ limit: 1, windowSeconds: 60, key: 'route' }));
      app.get('/items/:id', (c) => c.text('item'));
      app.get('/items/:id/parts', (c) => c.text('parts'));
      const paths = ['/api/items/1', '/api/items/2', '/api/items/2/parts'];
      expect([mount, await statusesOf(app, paths)]).toEqual([mount, [200, 429, 200]]);
    }
  });

  it('takes all for one where no pattern says more than all', async () => {
    const app = new Hono().use(rateLimit({ limit: 1, windowSeconds: 60, key: 'route' }));
    expect(await statusesOf(app, ['/a', '/b'])).toEqual([404, 429]);
  });

  it('takes the payload of hono/jwt for the signed-in user', async () => {
    const secret = 'it is one of the tests';
    const app = new Hono().use(jwt({ secret, alg: 'HS256' }), rateLimit({ limit: 1, windowSeconds: 60, key: 'user' }));
    app.get('/', (c) => c.text('ok'));
    const statusAs = async (sub: string) => {
      const authorization = `Bearer ${await sign({ sub }, secret, 'HS256')}`;
      return (await app.request('/', { headers: { authorization } })).status;
    };
    expect([await statusAs('ada'), await statusAs('ada'), await statusAs('bob')]).toEqual([200, 429, 200]);
  });

  for (const [where, serving] of [
    ['on @hono/node-server', onNode],
    ['elsewhere', elsewhere],
  ] as const) {
    it(`puts the headers on every response, whoever made it, ${where}`, async () => {
      const app = new Hono().use(rateLimit({ ...ONE, limit: 9, clock: new ManualClock() }));
      app.onError((_error, c) => c.text('failed', 500));
      app.get('/own', () => new Response('own', { headers: { 'Set-Cookie': 'a=b' } }));
      app.get('/fetched', () => fetch('data:text/plain,fetched')); // its headers can't be changed
      app.get('/redirect', (c) => c.redirect('/own'));
      app.get('/throws', () => {
        throw new Error('the handler failed');
      });
      const seen: unknown[] = [];
      await serving(app, async (ask) => {
        for (const path of ['/own', '/fetched', '/redirect', '/throws', '/nowhere']) {
          const response = await ask(path);
          seen.push([response.status, response.headers.get('x-ratelimit-remaining'), await response.text()]);
        }
      });
      expect(seen).toEqual([
        [200, '8', 'own'],
        [200, '7', 'fetched'],
        [302, '6', ''],
        [500, '5', 'failed'],
        [404, '4', '404 Not Found'],
      ]);
    });

    it(`leaves a header to the handler that sets it itself, ${where}`, async () => {
      const app = new Hono().use(rateLimit(ONE)).get('/', (c) => c.text('ok', 200, { 'X-RateLimit-Limit': 'mine' }));
      await serving(app, async (ask) => {
        const { headers } = await ask('/');
        expect([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual(['mine', '0']);
      });
    });
  }

  it('leaves an upgrade as the runtime made it', async () => {
    const upgrade = Object.defineProperty(await fetch('data:,'), 'status', { value: 101 });
    const app = new Hono().use(rateLimit(ONE)).get('/', () => upgrade);
    expect(await app.request('/')).toBe(upgrade);
  });

  it('counts a request once where the same middleware is mounted twice', async () => {
    const limited = rateLimit(TWO);
    const app = new Hono().use(limited).get('/', limited, (c) => c.text('ok'));
    expect(await statusesOf(app, ['/', '/', '/'])).toEqual([200, 200, 429]);
  });

  it('settles by the status of an exception, and by 500 where what is thrown is no error', async () => {
    const app = new Hono();
    const ended: object[] = [];
    app.use(rateLimit({ ...ONE, limit: 9, countIf: (end) => ended.push(end) > 0 }));
    app.get('/exception', () => {
      throw new HTTPException(418);
    });
    app.get('/text', () => {
      throw 'no error';
    });
    await app.request('/exception');
    await expect(app.request('/text')).rejects.toBe('no error');
    expect(ended).toEqual([
      { status: 418, aborted: false },
      { status: 500, aborted: false },
    ]);
  });

  it('settles by what the error handler of an application inside answers', async () => {
    const inner = new Hono().onError((_error, c) => c.text('teapot', 418));
    inner.get('/', () => {
      throw new Error('the handler failed');
    });
    const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
    const app = new Hono().use(rateLimit({ limiter, key: () => 'k', skipFailedRequests: true })).route('/inner', inner);
    expect((await app.request('/inner')).status).toBe(418);
    expect(limiter.remaining('k')).toBe(1);
  });

  it('takes the address from what the runtime hands over, and from no header', async () => {
    const env = { incoming: { socket: { remoteAddress: '192.0.2.1' } } };
    const app = new Hono().use(rateLimit({ limit: 1, windowSeconds: 60 })).get('/', (c) => c.text('ok'));
    const from = async (address: string) =>
      (await app.request('/', { headers: { 'x-real-ip': address, 'cf-connecting-ip': address } }, env)).status;
    expect([await from('198.51.100.1'), await from('198.51.100.2')]).toEqual([200, 429]);
  });

  it('reads the address as the option says', async () => {
    const address = ({ env }: Context) => env.clientIp as string;
    const app = new Hono().use(rateLimit({ limit: 1, windowSeconds: 60, address })).get('/', (c) => c.text('ok'));
    const from = async (clientIp: string) => (await app.request('/', {}, { clientIp })).status;
    expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([200, 429, 200]);
  });

  it('takes a platform at its word, which forwards each request', async () => {
    const warn = () => expect.unreachable();
    const app = new Hono().use(rateLimit({ limit: 1, windowSeconds: 60, address: 'vercel', warn }));
    const from = async (address: string) =>
      (await app.request('/', { headers: { 'x-real-ip': address, 'x-forwarded-for': address } })).status;
    expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([404, 429, 404]);
  });

  it('refuses a handler that is none', () => {
    expect(() => rateLimit({ ...ONE, handler: 'no' as never })).toThrow('handler must be a function, got "no"');
    expect(() => rateLimit(undefined as never)).toThrow('options must be an object, got undefined');
  });
});

type Test = (ask: (path: string) => Promise<Response>) => Promise<void>;

async function onNode(app: Hono, test: Test): Promise<void> {
  const { url, close } = await listen(createAdaptorServer({ fetch: app.fetch }) as Server);
  try {
    await test((path) => fetch(url + path, { redirect: 'manual' }));
  } finally {
    await close();
  }
}

function elsewhere(app: Hono, test: Test): Promise<void> {
  return test(async (path) => app.request(path));
}

async function statusesOf(app: Hono, paths: readonly string[]): Promise<number[]> {
  const seen: number[] = [];
  for (const path of paths) seen.push((await app.request(path)).status);
  return seen;
}

function start(limiters: readonly AnyOptions[]): Promise<Running> {
  const app = new Hono<{ Variables: { user: { id: string } } }>();
  app.use(async (c, next) => {
    const id = c.req.header('x-test-user');
    if (id !== undefined) c.set('user', { id });
    await next();
  });
  const all = limiters.map((options) => rateLimit(options));
  for (const each of all) app.use(each);
  app.get('/reset', async (c) => c.text(await keysAndReset(all, c)));
  app.onError((_error, c) => c.text('error', 500));
  app.all('/ok', (c) => c.text('ok'));
  app.get('/items/:id', (c) => c.text('item'));
  app.get('/status/:code', (c) => c.text('status', Number(c.req.param('code')) as 200));
  app.get('/throws', () => {
    throw new Error('the handler failed');
  });
  app.get('/hangs', () => new Promise<Response>(() => {}));
  return listen(createAdaptorServer({ fetch: app.fetch }) as Server);
}
