import createFastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import rateLimit, {
  type RateLimitHook,
  type RateLimitOptions,
  type RouteRateLimitOptions,
} from '../../src/adapters/fastify/fastify.js';
import type { AnyOptions, Running } from './framework.js';
import { keysAndReset } from './keys-and-reset.js';

export async function start(limiters: readonly AnyOptions[]): Promise<Running> {
  const app = createFastify();
  app.addHook('onRequest', signIn);
  const all: RateLimitHook[] = [];
  for (const options of limiters) {
    await app.register(rateLimit, options);
    all.push(hookOf(app));
  }
  app.get('/reset', async (request) => keysAndReset(all, request));
  app.route({ method: ['GET', 'POST'], url: '/ok', handler: async () => 'ok' });
  app.get('/items/:id', async () => 'item');
  app.get<{ Params: { code: string } }>('/status/:code', async ({ params }, reply) => {
    return reply.code(Number(params.code)).send('status');
  });
  app.get('/throws', async () => {
    throw new Error('the handler failed');
  });
  app.get('/hangs', () => {});
  return listening(app);
}

export async function signIn(request: FastifyRequest): Promise<void> {
  const id = request.headers['x-test-user'];
  if (id !== undefined) Object.assign(request, { user: { id } });
}

/** Typed by hand, since @fastify/rate-limit, which other tests use, declares `app.rateLimit` as well. */
export function hookOf(app: { rateLimit: unknown }, own?: RouteRateLimitOptions): RateLimitHook {
  return (app.rateLimit as (own?: RouteRateLimitOptions) => RateLimitHook)(own);
}

export async function limited(options: RateLimitOptions): Promise<FastifyInstance> {
  const app = createFastify();
  await app.register(rateLimit, options);
  return app;
}

export async function serving(app: FastifyInstance, test: (url: string) => Promise<void>): Promise<void> {
  const running = await listening(app);
  try {
    await test(running.url);
  } finally {
    await running.close();
  }
}

export async function listening(app: FastifyInstance): Promise<Running> {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    async close() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
