import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { order } from '../order.mjs';

export const LIMITERS = {
  async headgate(options) {
    const { rateLimit } = await import('headgate/hono');
    return rateLimit(options);
  },
  /** It has no key of its own: the address is what its users take where no proxy is before them. */
  async peer({ limit, windowMs }) {
    const { rateLimiter } = await import('hono-rate-limiter');
    const { getConnInfo } = await import('@hono/node-server/conninfo');
    return rateLimiter({ limit, windowMs, keyGenerator: (context) => getConnInfo(context).remote.address ?? '' });
  },
};

export function serve(limiter) {
  const app = new Hono();
  if (limiter !== undefined) app.use(limiter);
  app.get('/', (context) => context.text('hello'));
  app.get('/order', (context) => context.json(order()));
  return createAdaptorServer({ fetch: app.fetch });
}
