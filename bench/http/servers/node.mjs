import { createServer } from 'node:http';
import { order } from '../order.mjs';

export const LIMITERS = {
  async headgate(options) {
    const { rateLimit } = await import('headgate/node');
    return rateLimit(options);
  },
  peer: ({ limit, windowMs }) => byHand(limit, windowMs),
};

export function serve(limited = (listener) => listener) {
  return createServer(limited(answer));
}

function answer({ url }, response) {
  if (url === '/') {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end('hello');
    return;
  }
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(order()));
}

/** What people write who want no package: a `Map`, the clock, three headers. It never forgets a client. */
function byHand(limit, windowMs) {
  const clients = new Map();
  return (listener) => (request, response) => {
    const now = Date.now();
    const ip = request.socket.remoteAddress;
    let client = clients.get(ip);
    if (client === undefined || now >= client.resetAt) {
      client = { count: 0, resetAt: now + windowMs };
      clients.set(ip, client);
    }
    client.count++;
    const seconds = Math.ceil((client.resetAt - now) / 1000);
    response.setHeader('X-RateLimit-Limit', limit);
    response.setHeader('X-RateLimit-Remaining', Math.max(0, limit - client.count));
    response.setHeader('X-RateLimit-Reset', seconds);
    if (client.count <= limit) {
      listener(request, response);
      return;
    }
    response.statusCode = 429;
    response.setHeader('Retry-After', seconds);
    response.end('Too many requests');
  };
}
