import { once } from 'node:events';
import express from 'express';
import { rateLimit } from 'headgate/express';

export async function start() {
  const app = express();
  app.use(rateLimit({ limit: 3, windowSeconds: 60, trustProxy: 'loopback' }));
  app.get('/', (request, response) => {
    response.send(`${request.rateLimit.remaining} left\n`);
  });

  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
