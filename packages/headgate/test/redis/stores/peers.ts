import { createServer } from 'node:http';
import type { Clock } from '@headgate/core-ts';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import { Hono } from 'hono';
import { rateLimiter } from 'hono-rate-limiter';
import type { RemoteEngineFactory } from '../../../src/redis/redis.js';
import { HeadgateStore as ExpressStore } from '../../../src/stores/express-rate-limit.js';
import { HeadgateStore as HonoStore } from '../../../src/stores/hono-rate-limiter.js';
import type { Running } from '../../http/framework.js';
import { listen } from '../../http/listen.js';

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
};
