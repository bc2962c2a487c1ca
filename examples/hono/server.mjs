import { serve } from '@hono/node-server';
import { rateLimit } from 'headgate/hono';
import { Hono } from 'hono';

export function start() {
  const app = new Hono();
  app.use(rateLimit({ limit: 3, windowSeconds: 60, trustProxy: 'loopback' }));
  app.get('/', (c) => c.text(`${c.get('rateLimit').remaining} left\n`));

  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
      resolve({ url: `http://127.0.0.1:${port}/`, close: () => server.close() });
    });
  });
}
