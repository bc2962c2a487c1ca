import { serve } from '@hono/node-server';
import { rateLimit } from 'headgate/web';

export function start() {
  const limited = rateLimit({ limit: 3, windowSeconds: 60, trustProxy: 'loopback' });
  // What a route of Next.js exports as GET, and what Deno.serve, Bun.serve and Workers take as it is.
  const handler = limited((request) => new Response(`hello from ${new URL(request.url).pathname}\n`));

  return new Promise((resolve) => {
    const server = serve({ fetch: handler, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
      resolve({ url: `http://127.0.0.1:${port}/`, close: () => server.close() });
    });
  });
}
