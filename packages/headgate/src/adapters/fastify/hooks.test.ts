import createFastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { get, statuses } from '../../../test/http/client.js';
import { hookOf, limited, serving, signIn, start } from '../../../test/http/fastify-app.js';
import { httpSuite } from '../../../test/http/suite.js';
import { RateLimiter } from '../../index.js';
import rateLimit, { type RateLimitOptions } from './fastify.js';

const ONE = { limit: 1, windowSeconds: 60 } as const;
const TWO = { limit: 2, windowSeconds: 60 } as const;
const MANY = { limit: 100, windowSeconds: 60 } as const;

httpSuite({ name: 'Fastify 5', start });

describe('the order of hooks in Fastify', () => {
  it('knows a user whom the route signs in', async () => {
    for (const [options, hook] of [
      [{ key: 'user' }, 'preHandler'],
      [{ key: ['route', 'user'] }, 'preHandler'],
      [{ key: 'user', hook: 'preValidation' }, 'preValidation'],
      [{ key: 'user', hook: 'onRequest' }, 'onRequest'],
    ] as const) {
      const app = await limited({ ...ONE, ...options });
      app.get('/', { [hook]: signIn }, async () => 'ok');
      await serving(app, async (url) => {
        for (const user of ['ada', 'eve'])
          expect([user, await statuses(url, 2, { 'x-test-user': user })]).toEqual([user, [200, 429]]);
      });
    }
  });

  it('decides before the body is read', async () => {
    const app = await limited({ limit: 0, windowSeconds: 60 });
    app.post('/', async () => 'ok');
    await serving(app, async (url) => {
      const { status } = await fetch(url, {
        method: 'POST',
        body: '{',
        headers: { 'content-type': 'application/json' },
      });
      expect(status).toBe(429);
    });
  });

  it('counts what a later hook turns away, of the instance, a child or a route, and not what an earlier one does', async () => {
    const turnAway = async (_request: unknown, reply: FastifyReply) => reply.code(401).send('closed');
    const places: Record<string, (app: FastifyInstance) => unknown> = {
      instance: (app) => app.addHook('onRequest', turnAway).get('/', async () => 'ok'),
      child: (app) =>
        app.register(async (child) => {
          child.addHook('onRequest', turnAway).get('/', async () => 'ok');
        }),
      route: (app) => app.get('/', { onRequest: turnAway }, async () => 'ok'),
    };
    for (const [place, add] of Object.entries(places)) {
      for (const [options, wanted] of [
        [TWO, [401, 401, 429]],
        [{ ...TWO, key: () => 'k' }, [401, 401, 401]],
      ] as const) {
        const app = await limited(options);
        add(app);
        await serving(app, async (url) => expect([place, await statuses(url, 3)]).toEqual([place, wanted]));
      }
    }
    const app = createFastify();
    app.addHook('onRequest', turnAway);
    await app.register(rateLimit, TWO);
    app.get('/', async () => 'ok');
    await serving(app, async (url) => expect(await statuses(url, 3)).toEqual([401, 401, 401]));
  });

  it('counts by a limit of the route what its own hook turns away', async () => {
    const app = await limited({ ...MANY, global: false });
    const onRequest = async (_request: unknown, reply: FastifyReply) => reply.code(401).send('closed');
    for (const url of ['/a', '/b']) app.get(url, { config: { headgate: TWO }, onRequest }, async () => 'ok');
    await serving(app, async (url) => {
      expect(await statuses(`${url}/a`, 3)).toEqual([401, 401, 429]);
      expect(await statuses(`${url}/b`, 3)).toEqual([401, 401, 429]);
    });
  });

  it('counts what a later hook turns away where it is put before by hand, and all else once', async () => {
    const app = await limited({ limit: 2, windowSeconds: 60 });
    app.addHook('onRequest', hookOf(app));
    app.addHook('onRequest', async ({ url }, reply) => {
      if (url === '/closed') return reply.code(401).send('closed');
    });
    app.get('/', async () => 'ok');
    app.get('/closed', async () => 'ok');
    await serving(app, async (url) => {
      expect(await statuses(url, 1)).toEqual([200]);
      expect(await statuses(`${url}/closed`, 2)).toEqual([401, 429]);
    });
  });

  it('leaves a reply that was hijacked before', async () => {
    const app = createFastify();
    app.addHook('onRequest', async (_request, reply) => {
      reply.hijack();
      reply.raw.end('hijacked');
    });
    const limiter = new RateLimiter(ONE);
    await app.register(rateLimit, { limiter });
    app.get('/', async () => 'ok');
    await serving(app, async (url) => expect((await get(url)).body).toBe('hijacked'));
    expect(limiter.stats().totalChecks).toBe(0);
  });

  it('leaves a reply that was hijacked while it decided', async () => {
    const replies: FastifyReply[] = [];
    const warnings: unknown[] = [];
    const app = createFastify();
    app.addHook('onRequest', async (_request, reply) => {
      replies.push(reply);
      reply.log.warn = (message: unknown) => void warnings.push(message);
    });
    await app.register(rateLimit, {
      limit: 0,
      windowSeconds: 60,
      key: async () => {
        const [reply] = replies;
        reply?.hijack();
        setImmediate(() => reply?.raw.end('hijacked'));
        return 'k';
      },
    });
    app.get('/', async () => 'ok');
    await serving(app, async (url) => expect(await get(url)).toMatchObject({ status: 200, body: 'hijacked' }));
    expect(warnings).toEqual([]);
  });

  it('ends a denied request whose response is on its way already in an error', async () => {
    const app = createFastify();
    const errors: string[] = [];
    app.setErrorHandler(({ message }: Error, _request, reply) => {
      errors.push(message);
      reply.raw.destroy();
    });
    app.addHook('onRequest', async (_request, reply) => void reply.raw.write('first words'));
    await app.register(rateLimit, { limit: 0, windowSeconds: 60 });
    app.get('/', async () => 'ok');
    await serving(app, async (url) => await expect(get(url)).rejects.toThrow());
    expect(errors).toEqual([expect.stringContaining('denied after its response had been sent')]);
  });
});

describe('a handler of denials in Fastify', () => {
  type Handler = NonNullable<RateLimitOptions['handler']>;

  it.each<[string, Handler]>([
    ['sends by the reply', (_request, reply, { limit }) => void reply.send(`denied at ${limit}`)],
    ['returns the reply', (_request, reply, { limit }) => reply.send(`denied at ${limit}`)],
    ['returns what to send', (_request, _reply, { limit }) => `denied at ${limit}`],
    ['sends later', (_request, reply, { limit }) => void setImmediate(() => reply.send(`denied at ${limit}`))],
    ['promises what to send', async (_request, _reply, { limit }) => `denied at ${limit}`],
    ['promises the reply', async (_request, reply, { limit }) => reply.send(`denied at ${limit}`)],
  ])('%s', async (_name, handler) => {
    for (const key of [() => 'k', async () => 'k']) {
      const app = await limited({ limit: 0, windowSeconds: 60, handler, key });
      app.get('/', async () => 'ok');
      await serving(app, async (url) => {
        expect(await get(url)).toMatchObject({
          status: 429,
          body: 'denied at 0',
          headers: { 'cache-control': 'no-store', 'x-ratelimit-limit': '0' },
        });
      });
    }
  });

  it.each<[string, Partial<RateLimitOptions>]>([
    ['a handler that throws', { handler: () => fail() }],
    ['a handler that rejects', { handler: async () => fail() }],
    ['a key that throws', { key: () => fail() }],
    ['a key that rejects', { key: async () => fail() }],
  ])('%s ends at the error handler', async (_name, options) => {
    const app = await limited({ limit: 0, windowSeconds: 60, ...options });
    app.setErrorHandler(({ message }: Error, _request, reply) => void reply.code(418).send(message));
    app.get('/', async () => 'ok');
    await serving(app, async (url) => {
      expect(await get(url)).toMatchObject({ status: 418, body: 'it failed' });
    });
  });

  function fail(): never {
    throw new Error('it failed');
  }
});
