import { once } from 'node:events';
import { createServer } from 'node:http';
import { rateLimit } from 'headgate/node';

export async function start() {
  const limited = rateLimit({ limit: 3, windowSeconds: 60, trustProxy: 'loopback' });
  const server = createServer(limited((_request, response) => response.end('hello\n')));

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
