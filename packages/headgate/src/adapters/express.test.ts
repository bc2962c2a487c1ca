import { createServer } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { get, statuses } from '../../test/http/client.js';
import type { AnyOptions, Running } from '../../test/http/framework.js';
import { keysAndReset } from '../../test/http/keys-and-reset.js';
import { listen } from '../../test/http/listen.js';
import { httpSuite } from '../../test/http/suite.js';
import { rateLimit } from './express.js';

// Express 4 has no types beside those of 5, which say the same of what is used here.
const express4 = (await import('express4' as string)).default as typeof express;

const answerError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  response.status(error.status ?? 500).send('error');
};

for (const [name, makeApp] of [
  ['Express 5', express],
  ['Express 4', express4],
] as const) {
  httpSuite({ name, start: (limiters) => start(makeApp, limiters) });

  describe(`${name}, by its own conventions`, () => {
    it('limits one route, told by its pattern', async () => {
      const app = makeApp();
      const limited = rateLimit({ limit: 1, windowSeconds: 60, key: 'route' });
      app.get('/items/:id', limited, (_request, response) => void response.send('item'));
      await serving(app, async (url) => {
        expect([(await get(`${url}/items/1`)).status, (await get(`${url}/items/2`)).status]).toEqual([200, 429]);
      });
    });

    it('hands the decision on as request.rateLimit', async () => {
      const app = makeApp();
      app.use(rateLimit({ limit: 3, windowSeconds: 60 }));
      app.get('/', (request, response) => void response.json(request.rateLimit));
      await serving(app, async (url) => {
        expect(JSON.parse((await get(url)).body)).toMatchObject({ allowed: true, limit: 3, remaining: 2 });
      });
    });

    it('lets a handler answer the denial', async () => {
      const app = makeApp();
      app.use(
        rateLimit({
          limit: 0,
          windowSeconds: 60,
          handler: (_request, response, _next, { limit, key, address }) => {
            response.send(`denied at ${limit}: ${key.toUpperCase()}, ${address?.trim()}`);
          },
        }),
      );
      await serving(app, async (url) => {
        expect(await get(url)).toMatchObject({ status: 429, body: 'denied at 0: 127.0.0.1, 127.0.0.1' });
      });
    });

    it("takes express-jwt's request.auth for the signed-in user, and its payload where there is one", async () => {
      for (const written of [(sub: string) => ({ sub }), (sub: string) => ({ payload: { sub }, token: 'x' })]) {
        const app = makeApp();
        app.use((request, _response, next) => next(void Object.assign(request, { auth: written(request.path) })));
        app.use(rateLimit({ limit: 1, windowSeconds: 60, key: 'user' }));
        app.use((request, response) => void response.send(request.rateLimit?.key));
        await serving(app, async (url) => {
          expect(await get(`${url}/ada`)).toMatchObject({ status: 200, body: 'user:/ada' });
          expect([(await get(`${url}/ada`)).status, (await get(`${url}/bob`)).status]).toEqual([429, 200]);
        });
      }
    });

    it('takes a request that a test made up, without a socket, for one of an unknown address', () => {
      const limited = rateLimit({ limit: 1, windowSeconds: 60 });
      for (const more of [{}, { socket: {} }, { app: { get: () => false } }, { connection: null, socket: null }]) {
        const request = { method: 'GET', url: '/', headers: {}, ip: '127.0.0.1', ...more } as never;
        expect(limited.keyOf(request)).toBe('unknown-address');
      }
    });

    it('counts a request once where the same middleware is mounted twice', async () => {
      const app = makeApp();
      const limited = rateLimit({ limit: 2, windowSeconds: 60 });
      app.use(limited);
      app.get('/', limited, (_request, response) => void response.send('ok'));
      await serving(app, async (url) => expect(await statuses(url, 3)).toEqual([200, 200, 429]));
    });

    it('leaves alone what a middleware for timeouts has answered before it is decided', async () => {
      for (const limit of [0, 9]) {
        const app = makeApp();
        const handled: unknown[] = [];
        let know = (_key: string) => {};
        app.use((_request, response, next) => {
          next();
          response.status(503).send('timeout');
        });
        const key = () =>
          new Promise<string>((resolve) => {
            know = resolve;
          });
        app.use(rateLimit({ limit, windowSeconds: 60, key }));
        app.use((request) => void handled.push(request));
        app.use(((error, _request, _response, _next) => void handled.push(error)) as ErrorRequestHandler);
        await serving(app, async (url) => {
          expect(await get(url)).toMatchObject({ status: 503, body: 'timeout' });
          know('k');
          await new Promise(setImmediate);
        });
        expect(handled).toEqual([]);
      }
    });

    it('ends a denied request whose response is on its way already in an error', async () => {
      const app = makeApp();
      app.use((_request, response, next) => {
        response.write('first words');
        next();
      });
      app.use(rateLimit({ limit: 0, windowSeconds: 60 }));
      app.use(answerError);
      await serving(app, async (url) => await expect(get(url)).rejects.toThrow());
    });
  });
}

async function start(makeApp: typeof express, limiters: readonly AnyOptions[]): Promise<Running> {
  const app = makeApp();
  app.use((request, _response, next) => {
    const id = request.get('x-test-user');
    if (id !== undefined) Object.assign(request, { user: { id } });
    next();
  });
  const all = limiters.map((options) => rateLimit(options));
  app.use(...all);
  app.get('/reset', async (request, response) => void response.send(await keysAndReset(all, request)));
  app.all('/ok', (_request, response) => void response.send('ok'));
  app.get('/items/:id', (_request, response) => void response.send('item'));
  app.get('/status/:code', (request, response) => void response.status(Number(request.params.code)).send('status'));
  app.get('/throws', () => {
    throw new Error('the handler failed');
  });
  app.get('/hangs', () => {});
  app.use(answerError);
  return listen(createServer(app));
}

async function serving(app: ReturnType<typeof express>, test: (url: string) => Promise<void>): Promise<void> {
  const running = await listen(createServer(app));
  try {
    await test(running.url);
  } finally {
    await running.close();
  }
}
