import { once } from 'node:events';
import { rateLimit } from 'headgate/koa';
import Koa from 'koa';

export async function start() {
  const app = new Koa();
  app.use(rateLimit({ limit: 3, windowSeconds: 60, trustProxy: 'loopback' }));
  app.use((ctx) => {
    ctx.body = `${ctx.state.rateLimit.remaining} left\n`;
  });

  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
