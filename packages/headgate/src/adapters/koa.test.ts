import { createServer } from 'node:http';
import { Router } from '@koa/router';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import { get, statuses } from '../../test/http/client.js';
import type { AnyOptions, Running } from '../../test/http/framework.js';
import { keysAndReset } from '../../test/http/keys-and-reset.js';
import { listen } from '../../test/http/listen.js';
import { httpSuite } from '../../test/http/suite.js';
import { rateLimit } from './koa.js';

httpSuite({ name: 'Koa 3', start });

describe('Koa 3, by its own conventions', () => {
  it('hands the decision on as ctx.state.rateLimit', async () => {
    const app = new Koa();
    app.use(rateLimit({ limit: 3, windowSeconds: 60 }));
    app.use((ctx) => {
      ctx.body = ctx.state.rateLimit;
    });
    await serving(app, async (url) => {
      expect(JSON.parse((await get(url)).body)).toMatchObject({ allowed: true, limit: 3, remaining: 2 });
    });
  });

  it('leaves alone what has been answered before it is decided, and passes nothing on', async () => {
    for (const limit of [0, 9]) {
      const app = new Koa();
      const handled: unknown[] = [];
      let know = (_key: string) => {};
      const key = () =>
        new Promise<string>((resolve) => {
          know = resolve;
        });
      app.on('error', (error) => handled.push(error));
      app.use(async (ctx, next) => {
        const inner = next();
        ctx.res.writeHead(503).end('timeout');
        await inner;
      });
      app.use(rateLimit({ limit, windowSeconds: 60, key }));
      app.use((ctx) => void handled.push(ctx));
      await serving(app, async (url) => {
        expect(await get(url)).toMatchObject({ status: 503, body: 'timeout' });
        know('k');
        await new Promise(setImmediate);
      });
      expect(handled).toEqual([]);
    }
  });

  it('limits one route of @koa/router, told by its pattern', async () => {
    const app = new Koa();
    const router = new Router({ prefix: '/api' });
    router.get('/items/:id', rateLimit({ limit: 1, windowSeconds: 60, key: 'route' }), answer('item'));
    app.use(router.routes());
    await serving(app, async (url) => {
      expect([(await get(`${url}/api/items/1`)).status, (await get(`${url}/api/items/2`)).status]).toEqual([200, 429]);
    });
  });

  it('keeps to the route that it is mounted on where a later one matches as well', async () => {
    const app = new Koa();
    const router = new Router();
    router.get('/items/:id', rateLimit({ limit: 1, windowSeconds: 60, key: 'route' }), (_ctx, next) => next());
    router.get(/^\/items\/\d/, answer('number'));
    app.use(router.routes());
    await serving(app, async (url) => {
      expect([(await get(`${url}/items/a`)).status, (await get(`${url}/items/1`)).status]).toEqual([404, 429]);
    });
  });

  it('tells the routes of a router apart in the middleware of all of it', async () => {
    const app = new Koa();
    const router = new Router();
    router.use(rateLimit({ limit: 1, windowSeconds: 60, key: 'route' }));
    router.get('/items/:id', answer('item'));
    router.get('/users/:id', answer('user'));
    app.use(router.routes());
    await serving(app, async (url) => {
      const seen = [];
      for (const path of ['/items/1', '/users/1', '/items/2', '/users/2']) seen.push((await get(url + path)).status);
      expect(seen).toEqual([200, 200, 429, 429]);
    });
  });

  it('counts all as one by route where no router has matched yet, and each path by path', async () => {
    const app = new Koa();
    app.use(rateLimit({ limit: 2, windowSeconds: 60, key: 'route' }));
    app.use(rateLimit({ limit: 1, windowSeconds: 60, key: 'path' }));
    app.use(answer('ok'));
    await serving(app, async (url) => {
      const seen = [];
      for (const path of ['/a', '/b', '/c']) seen.push((await get(url + path)).status);
      expect(seen).toEqual([200, 200, 429]);
    });
  });

  it('lets a handler answer the denial, at once or later', async () => {
    const handlers = [
      (ctx: Koa.Context, { limit }: { limit: number }) => {
        ctx.body = `denied at ${limit}`;
      },
      async (ctx: Koa.Context, { limit }: { limit: number }) => {
        await new Promise(setImmediate);
        ctx.body = `denied at ${limit}`;
      },
    ];
    for (const handler of handlers) {
      const app = new Koa();
      app.use(rateLimit({ limit: 0, windowSeconds: 60, handler }));
      await serving(app, async (url) => {
        expect(await get(url)).toMatchObject({ status: 429, body: 'denied at 0' });
      });
    }
  });

  it('lets a handler throw the denial, which keeps its headers and those of the limit', async () => {
    const app = quiet();
    app.use(
      rateLimit({
        limit: 1,
        windowSeconds: 60,
        handler: (ctx) => ctx.throw(429, 'slow down', { headers: { 'X-Own': 'kept' } }),
      }),
    );
    app.use(answer('ok'));
    await serving(app, async (url) => {
      await get(url);
      const { status, body, headers } = await get(url);
      expect([status, body]).toEqual([429, 'slow down']);
      expect(headers).toMatchObject({
        'retry-after': '60',
        'cache-control': 'no-store',
        'x-ratelimit-limit': '1',
        'x-own': 'kept',
      });
    });
  });

  it('tells an error of the handler the limit that binds, for the response that Koa makes of it', async () => {
    const app = quiet();
    app.use(rateLimit({ limit: 5, windowSeconds: 60 }));
    app.use(rateLimit({ limit: 2, windowSeconds: 60 }));
    app.use((ctx) => ctx.throw(401));
    await serving(app, async (url) => {
      const { status, headers } = await get(url);
      expect([status, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']]).toEqual([401, '2', '1']);
    });
  });

  it('hands on as it is an error that takes no headers', async () => {
    const app = quiet();
    const errors: unknown[] = [];
    const frozen = Object.freeze(new Error('frozen'));
    app.on('error', (error) => errors.push(error));
    app.use((_ctx, next) => next().catch((error: unknown) => errors.push(error)));
    app.use(rateLimit({ limit: 2, windowSeconds: 60 }));
    app.use(({ path }) => {
      throw path === '/frozen' ? frozen : 'a string';
    });
    await serving(app, async (url) => {
      await get(`${url}/frozen`);
      await get(`${url}/string`);
    });
    expect(errors).toEqual([frozen, 'a string']);
    expect(errors[0]).toBe(frozen);
  });

  it('ends in app.on("error") and 500 where deciding throws', async () => {
    const app = new Koa();
    const errors: unknown[] = [];
    app.on('error', ({ message }: Error) => errors.push(message));
    app.use(rateLimit({ limit: 1, windowSeconds: 60, key: () => '' }));
    await serving(app, async (url) => expect((await get(url)).status).toBe(500));
    expect(errors).toEqual(['key must answer a string that is not empty, got ""']);
  });

  it('keeps the status of an error that deciding throws', async () => {
    const app = quiet();
    app.use(rateLimit({ limit: 1, windowSeconds: 60, key: (ctx) => ctx.throw(401) }));
    await serving(app, async (url) => expect((await get(url)).status).toBe(401));
  });

  it('counts a request once where the same middleware is mounted twice', async () => {
    const app = new Koa();
    const limited = rateLimit({ limit: 2, windowSeconds: 60 });
    app.use(limited);
    app.use(limited);
    app.use(answer('ok'));
    await serving(app, async (url) => expect(await statuses(url, 3)).toEqual([200, 200, 429]));
  });

  it('answers a denial where an earlier middleware means to answer without Koa', async () => {
    const app = new Koa();
    app.use((ctx, next) => {
      ctx.respond = false;
      return next();
    });
    app.use(rateLimit({ limit: 1, windowSeconds: 60 }));
    app.use(({ res }) => void res.writeHead(200).end('ok'));
    await serving(app, async (url) => expect(await statuses(url, 2)).toEqual([200, 429]));
  });

  it('ends a denied request whose response is on its way already in an error', async () => {
    const app = new Koa();
    const errors: unknown[] = [];
    app.on('error', ({ message }: Error) => errors.push(message));
    app.use((ctx, next) => {
      ctx.res.write('first words');
      return next();
    });
    app.use(rateLimit({ limit: 0, windowSeconds: 60 }));
    await serving(app, async (url) => await expect(get(url)).rejects.toThrow());
    expect(errors).toEqual([expect.stringContaining('denied after its response had been sent')]);
  });

  it('has the limiter at hand', () => {
    expect(rateLimit({ limit: 7, windowSeconds: 60 }).limiter.policies).toMatchObject([{ limit: 7 }]);
    expect(rateLimit({ limit: () => 7, windowSeconds: 60 }).limiter?.policies).toHaveLength(1);
  });
});

function start(limiters: readonly AnyOptions[]): Promise<Running> {
  const app = quiet();
  app.use((ctx, next) => {
    const id = ctx.get('x-test-user');
    if (id !== '') ctx.state.user = { id };
    return next();
  });
  const all = limiters.map((options) => rateLimit(options));
  for (const each of all) app.use(each);
  const router = new Router();
  router.get('/reset', async (ctx) => {
    ctx.body = await keysAndReset(all, ctx);
  });
  router.all('/ok', answer('ok'));
  router.get('/items/:id', answer('item'));
  router.get('/status/:code', (ctx) => {
    ctx.status = Number(ctx.params.code);
    ctx.body = 'status';
  });
  router.get('/throws', () => {
    throw new Error('the handler failed');
  });
  router.get('/hangs', () => new Promise(() => {}));
  app.use(router.routes());
  return listen(createServer(app.callback()));
}

/** Koa prints errors that nobody listens for. */
function quiet(): Koa {
  return new Koa().on('error', () => {});
}

function answer(body: string): Koa.Middleware {
  return (ctx) => {
    ctx.body = body;
  };
}

async function serving(app: Koa, test: (url: string) => Promise<void>): Promise<void> {
  const running = await listen(createServer(app.callback()));
  try {
    await test(running.url);
  } finally {
    await running.close();
  }
}
