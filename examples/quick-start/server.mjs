import { once } from 'node:events';
import { createServer } from 'node:http';
import { rateLimit } from 'headgate/node';

/** A server on a free port of this machine that holds each client, by its address, to the policy. */
export async function startServer(policy) {
  const limited = rateLimit(policy);
  const server = createServer(limited((_request, response) => response.end('hello\n')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    limiter: limited.limiter,
    url: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
