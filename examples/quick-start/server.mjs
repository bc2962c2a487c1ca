import { once } from 'node:events';
import { createServer } from 'node:http';
import { RateLimiter } from 'headgate';

/** A server on a free port of this machine that holds each client, by its address, to the policy. */
export async function startServer(policy) {
  const limiter = new RateLimiter(policy);
  const server = createServer((request, response) => {
    const decision = limiter.check(request.socket.remoteAddress ?? '');
    response.setHeader('X-RateLimit-Limit', decision.limit);
    response.setHeader('X-RateLimit-Remaining', decision.remaining);
    response.setHeader('X-RateLimit-Reset', decision.resetAfterSeconds);
    if (decision.allowed) return response.end('hello\n');
    response.setHeader('Retry-After', decision.retryAfterSeconds);
    response.setHeader('Cache-Control', 'no-store');
    response.statusCode = 429;
    response.end('Too many requests\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    limiter,
    url: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
