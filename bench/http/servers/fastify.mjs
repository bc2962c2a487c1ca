import createFastify from 'fastify';
import { order } from '../order.mjs';

/** A plugin and its options. */
export const LIMITERS = {
  async headgate(options) {
    const { default: rateLimit } = await import('headgate/fastify');
    return [rateLimit, options];
  },
  async peer({ limit, windowMs }) {
    const { default: rateLimit } = await import('@fastify/rate-limit');
    return [rateLimit, { max: limit, timeWindow: windowMs }];
  },
};

export async function serve(limiter) {
  const app = createFastify();
  if (limiter !== undefined) await app.register(...limiter);
  app.get('/', async () => 'hello');
  app.get('/order', async () => order());
  await app.ready();
  return app.server;
}
