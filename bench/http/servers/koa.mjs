import { createServer } from 'node:http';
import Koa from 'koa';
import { order } from '../order.mjs';

export const LIMITERS = {
  async headgate(options) {
    const { rateLimit } = await import('headgate/koa');
    return rateLimit(options);
  },
  async peer({ limit, windowMs }) {
    const { default: rateLimit } = await import('koa-ratelimit');
    return rateLimit({ driver: 'memory', db: new Map(), max: limit, duration: windowMs });
  },
};

/** Koa has no router of its own. */
export function serve(limiter) {
  const app = new Koa();
  if (limiter !== undefined) app.use(limiter);
  app.use((context) => {
    context.body = context.path === '/' ? 'hello' : order();
  });
  return createServer(app.callback());
}
