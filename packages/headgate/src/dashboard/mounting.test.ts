import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { ManualClock, RateLimiter } from '@headgate/core-ts';
import { serve } from '@hono/node-server';
import express from 'express';
import createFastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { describe, expect, it, vi } from 'vitest';
import { listen } from '../../test/http/listen.js';
import { dashboard } from './dashboard.js';

const limiter = new RateLimiter({ limit: 1, windowSeconds: 60, track: true, clock: new ManualClock() });
const page = dashboard({ limiters: { api: limiter } });
const HEADERS = { 'x-headgate': 'dashboard', 'content-type': 'application/json' };

describe('the dashboard is mounted', () => {
  it('in node:http', async () => {
    await works(await listen(createServer(page.node)));
  });

  it('in Express, with and without a parser of bodies before it', async () => {
    for (const parsers of [[], [express.json()], [express.text({ type: '*/*' })], [express.raw({ type: '*/*' })]]) {
      const app = express();
      for (const parser of parsers) app.use(parser);
      app.use('/limits', page.node);
      await works(await listen(createServer(app)), '/limits', '/limits/');
    }
  });

  it('in Fastify, which reads bodies itself', async () => {
    const app = createFastify();
    app.all('/limits', (request, reply) => {
      reply.hijack();
      page.node(Object.assign(request.raw, { body: request.body }), reply.raw);
    });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    await works({ url, close: () => app.close() }, '/limits');
  });

  it('in Koa', async () => {
    const app = new Koa();
    app.use((ctx) => {
      ctx.respond = false;
      page.node(ctx.req, ctx.res);
    });
    await works(await listen(createServer(app.callback())), '/limits');
  });

  it('in Hono, as whatever answers a Response to a Request', async () => {
    const app = new Hono();
    app.all('/limits', (c) => page(c.req.raw));
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await once(server, 'listening');
    const close = async () => void server.close();
    await works({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }, '/limits');
  });

  it('in node:http2', async () => {
    const server = createHttp2Server(page.node);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const session = connect(origin);
    limiter.check('http2');
    const headers = { ...HEADERS, ':method': 'POST', ':path': '/?headgate=reset', origin };
    const stream = session.request(headers);
    stream.end(JSON.stringify({ limiter: 'api', key: 'http2' }));
    let text = '';
    for await (const chunk of stream) text += chunk;
    expect(text).toBe('{"live":true}');
    session.close();
    server.close();
  });
});

describe('in Node', () => {
  it('answers a body that is too long before it was sent to its end', async () => {
    const server = await listen(createServer(page.node));
    try {
      const asked = request(`${server.url}/?headgate=peek`, { method: 'POST', headers: HEADERS });
      asked.on('error', () => {}); // the server may close while this still sends
      asked.write('x'.repeat(200_000));
      const [response] = await once(asked, 'response');
      expect(response.statusCode).toBe(413);
      response.resume();
      asked.destroy();
    } finally {
      await server.close();
    }
  });

  it('says so where the framework has read the body and keeps it to itself', async () => {
    const app = createFastify();
    app.all('/limits', (request, reply) => {
      reply.hijack();
      page.node(request.raw, reply.raw);
    });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${url}/limits?headgate=peek`, { method: 'POST', headers: HEADERS, body: '{"a":1}' });
    expect([response.status, (await response.json()).detail]).toEqual([
      400,
      'The body is empty; one that was read already is expected as request.body',
    ]);
    await app.close();
  });

  it('hands what fails to the framework, and answers 500 where there is none', async () => {
    const broken = new RateLimiter({ limit: 1, windowSeconds: 60 });
    const failed = new Error('the engine is gone');
    broken.stats = () => {
      throw failed;
    };
    const { node } = dashboard({ limiters: { broken } });
    const app = express();
    app.use('/limits', node);
    app.use(
      ((error, _request, response, _next) =>
        void response.status(503).send(error.message)) as express.ErrorRequestHandler,
    );
    const [framed, bare] = [await listen(createServer(app)), await listen(createServer((...call) => node(...call)))];
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    try {
      const answered = await fetch(`${framed.url}/limits?headgate=snapshot`);
      expect([answered.status, await answered.text()]).toEqual([503, 'the engine is gone']);
      expect(printed).not.toHaveBeenCalled();
      expect((await fetch(`${bare.url}?headgate=snapshot`)).status).toBe(500);
      expect(printed).toHaveBeenCalledExactlyOnceWith(failed);
    } finally {
      printed.mockRestore();
      await framed.close();
      await bare.close();
    }
  });
});

interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** The page, a snapshot and a reset, at each of the paths. */
async function works({ url, close }: Served, ...paths: string[]): Promise<void> {
  try {
    for (const path of paths.length > 0 ? paths : ['/']) {
      expect(await (await fetch(url + path)).text()).toMatch(/^<!doctype html>/);
      const head = await fetch(url + path, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
      const { limiters } = await (await fetch(`${url}${path}?headgate=snapshot`)).json();
      expect(limiters).toMatchObject([{ name: 'api' }]);
      limiter.check(path);
      const body = JSON.stringify({ limiter: 'api', key: path });
      const headers = { ...HEADERS, origin: url };
      const reset = await fetch(`${url}${path}?headgate=reset`, { method: 'POST', headers, body });
      expect([reset.status, await reset.json()]).toEqual([200, { live: true }]);
    }
  } finally {
    await close();
  }
}
