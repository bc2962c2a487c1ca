import 'reflect-metadata';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import createFastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import { rateLimit as forExpress } from '../../src/adapters/express.js';
import { rateLimit as forFastify } from '../../src/adapters/fastify/fastify.js';
import { rateLimit as forHono } from '../../src/adapters/hono.js';
import { rateLimit as forKoa } from '../../src/adapters/koa.js';
import { RateLimitModule } from '../../src/adapters/nest/nest.js';
import { rateLimit as forNode } from '../../src/adapters/node.js';
import { RateLimiter } from '../../src/index.js';
import type { AnyOptions } from '../http/framework.js';
import { decorate } from '../nest/decorate.js';
import { GUARDED } from '../nest/start.js';

/** How a framework is told to trust one proxy, the loopback's addresses, everybody, or nobody. */
type Trusted = 'one' | 'loopback' | 'everybody' | undefined;
type Serve = (options: AnyOptions, trusted?: Trusted) => Promise<Server> | Server;

const EXPRESS = { one: 1, loopback: 'loopback', everybody: true };
/** Fastify takes no number of hops for a reason to trust the socket. */
const FASTIFY = { one: '127.0.0.1', loopback: 'loopback', everybody: true };

class Routes {
  root() {
    return 'ok';
  }
}
decorate(Routes, [Controller()], { root: [Get()] });

const nestModule = (options: AnyOptions) => ({
  module: class Root {},
  imports: [RateLimitModule.forRoot(options)],
  controllers: [Routes],
  providers: [GUARDED],
});
const QUIET = { logger: false, abortOnError: false } as const;

const FRAMEWORKS: Readonly<Record<string, Serve>> = {
  Express: (options, trusted) => {
    const app = express();
    if (trusted !== undefined) app.set('trust proxy', EXPRESS[trusted]);
    app.use(forExpress(options), (_request, response) => void response.send('ok'));
    app.use(((_error, _request, response, _next) => void response.sendStatus(500)) as express.ErrorRequestHandler);
    return createServer(app);
  },
  Fastify: async (options, trusted) => {
    const app = createFastify(trusted === undefined ? {} : { trustProxy: FASTIFY[trusted] });
    await app.register(forFastify, options);
    app.get('/', async () => 'ok');
    await app.ready();
    return app.server;
  },
  Koa: (options, trusted) => {
    const app = new Koa(trusted === undefined ? {} : { proxy: true, maxIpsCount: trusted === 'everybody' ? 0 : 1 });
    app
      .on('error', () => {})
      .use(forKoa(options))
      .use((ctx) => void Object.assign(ctx, { body: 'ok' }));
    return createServer(app.callback());
  },
  'Nest on Express': async (options, trusted) => {
    const app = await NestFactory.create<NestExpressApplication>(nestModule(options), new ExpressAdapter(), QUIET);
    if (trusted !== undefined) app.set('trust proxy', EXPRESS[trusted]);
    await app.init();
    return app.getHttpServer();
  },
  'Nest on Fastify': async (options, trusted) => {
    const adapter = new FastifyAdapter(trusted === undefined ? {} : { trustProxy: FASTIFY[trusted] });
    const app = await NestFactory.create(nestModule(options), adapter, QUIET);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app.getHttpServer();
  },
};
const OTHERS: Readonly<Record<string, Serve>> = {
  'node:http': (options) =>
    createServer(
      forNode({ onError: () => {}, ...options })((_request, response) => response.end('ok')) as RequestListener,
    ),
  Hono: (options) => {
    const app = new Hono().use(forHono(options)).get('/', (c) => c.text('ok'));
    return createAdaptorServer({ fetch: app.fetch }) as Server;
  },
};

const ONE = { limit: 1, windowSeconds: 60 } as const;

/** The statuses of one request from each of these clients, which a proxy names. */
async function via(server: Server, clients: readonly string[], path?: string): Promise<number[]> {
  if (path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  const where = path === undefined ? { port: (server.address() as AddressInfo).port } : { socketPath: path };
  const seen: number[] = [];
  try {
    for (const client of clients) {
      const asked = request({ ...where, agent: false, headers: { 'x-forwarded-for': client } }).end();
      const [response] = await once(asked, 'response');
      response.resume();
      seen.push(response.statusCode);
    }
  } finally {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
  return seen;
}

describe.each(Object.entries({ ...FRAMEWORKS, ...OTHERS }))('a proxy on a Unix socket, before %s', (_name, serve) => {
  async function onUnixSocket(options: AnyOptions, clients: readonly string[]): Promise<number[]> {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-'));
    try {
      return await via(await serve({ ...ONE, ...options }), clients, join(folder, 's'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('is of this machine', async () => {
    for (const trustProxy of ['loopback', 'private', '127.0.0.1', 1])
      expect(await onUnixSocket({ trustProxy }, ['1.1.1.1', '2.2.2.2', '1.1.1.1'])).toEqual([200, 200, 429]);
    for (const trustProxy of [false, '10.0.0.0/8'])
      expect(await onUnixSocket({ trustProxy, warn: () => {} }, ['1.1.1.1', '2.2.2.2'])).toEqual([200, 429]);
  });

  it('has an address, so that no client behind it is refused as unknown', async () => {
    expect(await onUnixSocket({ trustProxy: false, unknownAddress: 'refuse' }, ['1.1.1.1'])).toEqual([200]);
  });
});

describe.each(Object.entries(FRAMEWORKS))("trustProxy: 'framework' in %s", (_name, serve) => {
  const framework = { ...ONE, trustProxy: 'framework' } as const;

  it('takes what the framework trusts, and no more', async () => {
    for (const trusted of ['one', 'loopback'] as const) {
      const clients = ['1.1.1.1', '2.2.2.2', '9.9.9.9, 1.1.1.1'];
      expect([trusted, await via(await serve(framework, trusted), clients)]).toEqual([trusted, [200, 200, 429]]);
    }
    const warn = () => {};
    expect(await via(await serve({ ...framework, warn }), ['1.1.1.1', '2.2.2.2'])).toEqual([200, 429]);
  });

  it('is an error where the framework believes everybody', async () => {
    expect(await via(await serve(framework, 'everybody'), ['1.1.1.1'])).toEqual([500]);
  });

  it('is what one warning says where the framework trusts a proxy, and headgate does not', async () => {
    const warned = async (options: AnyOptions, trusted: Trusted) => {
      const warnings: string[] = [];
      const server = await serve({ ...ONE, warn: (text: string) => void warnings.push(text), ...options }, trusted);
      await via(server, ['1.1.1.1', '2.2.2.2']);
      return warnings;
    };
    for (const trusted of ['one', 'everybody'] as const)
      expect(await warned({}, trusted)).toEqual([expect.stringContaining("trustProxy: 'framework' takes the same")]);
    expect(await warned({ trustProxy: false }, 'one')).toEqual([]);
    expect(await warned({ trustProxy: 'loopback' }, 'one')).toEqual([]);
    expect(await warned(framework, 'one')).toEqual([]);
  });
});

describe('a client that was gone before its address was read', () => {
  it('is answered by nobody, and counts for nobody', async () => {
    let handled = 0;
    const limiter = new RateLimiter(ONE);
    const limited = forNode({ limiter });
    const listener = limited(() => void handled++);
    const server = createServer();
    const left = once(server, 'request').then(async ([request, response]) => {
      client.resetAndDestroy();
      await new Promise((resolve) => request.socket.once('close', resolve)); // its error comes before
      (listener as RequestListener)(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await left;
    expect(handled).toBe(0);
    expect(limiter.stats().totalChecks).toBe(0);
    server.close();
  });
});
