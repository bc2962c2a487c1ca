import { createServer } from 'node:http';
import fastifyRateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit';
import type { Algorithm, Clock } from '@headgate/core-ts';
import { getRequestListener } from '@hono/node-server';
import type { ThrottlerOptions } from '@nestjs/throttler';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import createFastify, { type FastifyRequest } from 'fastify';
import { Hono } from 'hono';
import { rateLimiter } from 'hono-rate-limiter';
import type { RemoteEngineFactory } from '../../../src/redis/redis.js';
import { HeadgateStore as ExpressStore } from '../../../src/stores/express-rate-limit.js';
import { headgateStore } from '../../../src/stores/fastify-rate-limit.js';
import { HeadgateStore as HonoStore } from '../../../src/stores/hono-rate-limiter.js';
import { HeadgateThrottlerStorage } from '../../../src/stores/nestjs-throttler.js';
import type { Running } from '../../http/framework.js';
import { listen } from '../../http/listen.js';
import { startThrottled } from '../../stores/throttled-app.js';

/** Where a store counts. */
export type Where = { readonly clock: Clock } | { readonly engine: RemoteEngineFactory };

/**
 * A peer's own middleware with our store in it. Its server answers `GET /` with 200, at most `limit` times a client in a
 * window; `GET /fails` answers 500, which does not count where the peer can give hits back. A client is told by `x-client`.
 */
export type StartPeer = (limit: number, windowMs: number, where: Where) => Promise<Running>;

const keyGenerator = (request: { get(name: string): string | undefined }) => request.get('x-client') ?? '';

export const PEERS: Record<string, StartPeer> = {
  async 'express-rate-limit'(limit, windowMs, where) {
    const app = express();
    const store = new ExpressStore(where);
    app.use(rateLimit({ limit, windowMs, store, keyGenerator, standardHeaders: 'draft-6', skipFailedRequests: true }));
    app.get('/', (_, response) => void response.send('ok'));
    app.get('/fails', (_, response) => void response.status(500).send('failed'));
    app.use((_error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(503).end();
    });
    return listen(createServer(app));
  },

  async 'hono-rate-limiter'(limit, windowMs, where) {
    const app = new Hono();
    const store = new HonoStore(where);
    const ofClient = (c: { req: { header(name: string): string | undefined } }) => c.req.header('x-client') ?? '';
    app.use(rateLimiter({ limit, windowMs, store, keyGenerator: ofClient, skipFailedRequests: true }));
    app.get('/', (c) => c.text('ok'));
    app.get('/fails', (c) => c.text('failed', 500));
    app.onError((_, c) => c.text('no decision', 503));
    return listen(createServer(getRequestListener(app.fetch)));
  },

  '@fastify/rate-limit': fastifyWith({}),
  '@nestjs/throttler': (limit, ttl, where) => nest({ limit, ttl, blockDuration: 0 }, where),
};

/** What peers can do besides, of which clients must be told the same on a server as in memory. */
export const VARIANTS: Record<string, StartPeer> = {
  '@fastify/rate-limit with continueExceeding': fastifyWith({ continueExceeding: true }),
  '@fastify/rate-limit with exponentialBackoff': fastifyWith({ exponentialBackoff: true }),
  '@fastify/rate-limit with ban': fastifyWith({ ban: 1 }),
  '@fastify/rate-limit with windows of two lengths': (max, windowMs, where) =>
    fastifyWith({ timeWindow: (request) => (request.url === '/' ? windowMs : windowMs / 2) })(max, windowMs, where),
  '@nestjs/throttler with a short block': (limit, ttl, where) => nest({ limit, ttl, blockDuration: 3333 }, where),
  '@nestjs/throttler with a long block': (limit, ttl, where) => nest({ limit, ttl, blockDuration: 15_000 }, where),
  '@nestjs/throttler with a sliding window': (limit, ttl, where) =>
    nest({ limit, ttl, blockDuration: 0 }, where, 'sliding-window'),
  '@nestjs/throttler with a token bucket': (limit, ttl, where) =>
    nest({ limit, ttl, blockDuration: 3333 }, where, 'token-bucket'),
};

function fastifyWith(options: RateLimitPluginOptions): StartPeer {
  return async (max, timeWindow, where) => {
    const app = createFastify();
    const ofClient = (request: FastifyRequest) => String(request.headers['x-client']);
    const store = headgateStore(where);
    await app.register(fastifyRateLimit, { max, timeWindow, store, keyGenerator: ofClient, ...options });
    app.get('/', async () => 'ok');
    app.get('/fails', { config: { rateLimit: { max: 3 } } }, async (_, reply) => reply.code(500).send('failed'));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, close: () => app.close() };
  };
}

function nest(throttler: ThrottlerOptions, where: Where, algorithm?: Algorithm): ReturnType<StartPeer> {
  return startThrottled([throttler], new HeadgateThrottlerStorage({ ...where, algorithm }));
}
