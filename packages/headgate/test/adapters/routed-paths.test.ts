import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import { rateLimit as expressLimit } from '../../src/adapters/express.js';
import { rateLimit as fastifyLimit } from '../../src/adapters/fastify/fastify.js';
import { rateLimit as honoLimit } from '../../src/adapters/hono.js';
import { rateLimit as koaLimit } from '../../src/adapters/koa.js';
import { statuses } from '../http/client.js';

const ONE = { limit: 1, windowSeconds: 60, trustProxy: false, paths: ['/login'] };

async function served(
  listener: Parameters<typeof createServer>[1],
  ask: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

describe('paths are those that came and those that are routed', () => {
  it('in an Express router that is mounted, and where the URL was rewritten', async () => {
    const app = express();
    app.use((request, _response, next) => {
      if (request.url === '/old') request.url = '/login';
      next();
    });
    const router = express.Router();
    router.use(expressLimit(ONE));
    router.get(['/login', '/other'], (_request, response) => void response.send('ok'));
    app.use('/api', router);
    app.use(expressLimit(ONE));
    app.get('/login', (_request, response) => void response.send('ok'));
    await served(app, async (url) => {
      expect(await statuses(`${url}/api/login`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/api/other`, 2)).toEqual([200, 200]);
      expect(await statuses(`${url}/old`, 2)).toEqual([200, 429]);
    });
  });

  it('in a Fastify plugin with a prefix, and where the URL was rewritten', async () => {
    const app = Fastify({ rewriteUrl: ({ url = '/' }) => (url === '/old' ? '/login' : url) });
    await app.register(fastifyLimit, ONE);
    app.get('/login', () => 'ok');
    await app.register(
      async (api) => {
        api.get('/login', () => 'ok');
        api.get('/other', () => 'ok');
      },
      { prefix: '/api' },
    );
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    expect(await statuses(`${url}/old`, 2)).toEqual([200, 429]);
    expect(await statuses(`${url}/api/other`, 2)).toEqual([200, 200]);
    expect(await statuses(`${url}/api/login`, 1)).toEqual([429]); // one count with the other one
    await app.close();
  });

  it('in Koa, where a middleware cut or rewrote the path', async () => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      ctx.url = ctx.url.replace(/^\/api/, '').replace('/old', '/login');
      await next();
    });
    app.use(koaLimit(ONE));
    app.use((ctx) => {
      ctx.body = 'ok';
    });
    await served(app.callback(), async (url) => {
      expect(await statuses(`${url}/api/login`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/api/old`, 1)).toEqual([429]);
      expect(await statuses(`${url}/api/other`, 2)).toEqual([200, 200]);
    });
  });

  it('in a Fastify plugin whose prefix has a parameter', async () => {
    const app = Fastify();
    await app.register(fastifyLimit, ONE);
    await app.register(async (api) => void api.get('/login', () => 'ok'), { prefix: '/:tenant/v1' });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    expect(await statuses(`${url}/ada/v1/login`, 2)).toEqual([200, 429]);
    await app.close();
  });

  it('in a Hono app under route() or basePath()', async () => {
    for (const base of ['/api', '/:tenant/v1']) {
      const sub = new Hono()
        .use(honoLimit(ONE))
        .get('/login', (c) => c.text('ok'))
        .get('/other', (c) => c.text('ok'));
      const asked = base.replace(':tenant', 'ada');
      const statusesOf = async (app: Hono, path: string) =>
        [await app.request(asked + path), await app.request(asked + path)].map(({ status }) => status);
      const routed = new Hono().route(base, sub);
      expect([base, await statusesOf(routed, '/login')]).toEqual([base, [200, 429]]);
      expect([base, await statusesOf(routed, '/other')]).toEqual([base, [200, 200]]);
      const based = new Hono().basePath(base).use(honoLimit(ONE)) as Hono;
      based.get('/login', (c) => c.text('ok'));
      expect([base, await statusesOf(based, '/login')]).toEqual([base, [200, 429]]);
    }
  });
});
