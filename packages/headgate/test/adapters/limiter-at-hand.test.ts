import { describe, expect, expectTypeOf, it } from 'vitest';
import { rateLimit as express } from '../../src/adapters/express.js';
import { rateLimit as hono } from '../../src/adapters/hono.js';
import { rateLimit as koa } from '../../src/adapters/koa.js';
import { rateLimit as node } from '../../src/adapters/node.js';
import { rateLimit as web } from '../../src/adapters/web.js';
import type { HttpLimiter } from '../../src/http/http.js';
import { RateLimiter } from '../../src/index.js';

const LIMIT = { limit: 1, windowSeconds: 60, track: true };

describe('a middleware has its limiter at hand, with its type', () => {
  it.each([
    ['express', express(LIMIT).limiter],
    ['hono', hono(LIMIT).limiter],
    ['koa', koa(LIMIT).limiter],
    ['node', node(LIMIT).limiter],
    ['web', web(LIMIT).limiter],
    ['a limit that is a function', express({ ...LIMIT, limit: () => 1 }).limiter],
    ['one that was given', koa({ limiter: new RateLimiter(LIMIT) }).limiter],
  ] as const)('%s', (_, limiter) => {
    expect(limiter.allow('k')).toBe(true);
    expect([limiter.stats().allowed, limiter.topKeys(), limiter.reset('k')]).toEqual([1, [], true]);
  });

  it('of a type of your own', () => {
    const own = { policies: [], check: async () => ({}), reserve: async () => ({}), mine: 1 } as unknown;
    const limited = express({ limiter: own as HttpLimiter & { readonly mine: number } });
    expectTypeOf(limited.limiter.mine).toEqualTypeOf<number>();
    expect(limited.limiter).toBe(own);
  });
});
