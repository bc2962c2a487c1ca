import { RateLimiter as CoreRateLimiter, FixedWindowLimiter } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { rateLimit as express } from '../../src/adapters/express.js';
import { rateLimit as hono } from '../../src/adapters/hono.js';
import { rateLimit as koa } from '../../src/adapters/koa.js';
import { rateLimit as node } from '../../src/adapters/node.js';
import { rateLimit as web } from '../../src/adapters/web.js';
import { createFetch } from '../../src/fetch/fetch.js';
import { createGate } from '../../src/http/http.js';
import { RateLimiter } from '../../src/index.js';
import { memory, RemoteRateLimiter } from '../../src/redis/redis.js';

class Own extends RateLimiter {}

const bad = { limit: 5 } as never; // of which the window is missing
const MADE: Record<string, () => unknown> = {
  RateLimiter: () => new RateLimiter(bad),
  'RateLimiter of TypeScript': () => new CoreRateLimiter(bad),
  FixedWindowLimiter: () => new FixedWindowLimiter(bad),
  RemoteRateLimiter: () => new RemoteRateLimiter({ limit: 5, engine: memory() } as never),
  'a class of the user': () => new Own(bad),
  createFetch: () => createFetch(bad),
  createGate: () => createGate(bad, {} as never),
  express: () => express(bad),
  koa: () => koa(bad),
  hono: () => hono(bad),
  node: () => node(bad),
  web: () => web(bad),
};

describe('a bad option', () => {
  it.each(Object.entries(MADE))('is told with a line of who made it: %s', (_, make) => {
    let thrown: unknown;
    try {
      make();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TypeError);
    const { message, stack = '' } = thrown as TypeError;
    expect(message).toContain('windowSeconds');
    expect(stack.split('\n').slice(0, 11).join('\n')).toContain('whose-line.test.ts'); // as many as Node shows
  });
});
