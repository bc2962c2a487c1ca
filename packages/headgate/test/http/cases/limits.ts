import { ManualClock } from '@headgate/core-ts';
import { expect } from 'vitest';
import { RateLimiter } from '../../../src/index.js';
import { get, statuses } from '../client.js';
import type { Rule, WithServer } from '../framework.js';

const LIMIT = { limit: 2, windowSeconds: 60, trustProxy: false } as const;

export function limits(rule: Rule, withServer: WithServer): void {
  rule('a CORS preflight goes by uncounted, and no other OPTIONS', async () => {
    const asks = { origin: 'https://app.example', 'access-control-request-method': 'PUT' };
    const limiter = new RateLimiter({ limit: 2, windowSeconds: 60, clock: new ManualClock() });
    await withServer({ limiter, key: () => 'k' }, async (url) => {
      for (let i = 0; i < 3; i++) expect((await get(`${url}/ok`, asks, 'OPTIONS')).status).not.toBe(429);
      expect(limiter.remaining('k')).toBe(2);
      await get(`${url}/ok`, { origin: asks.origin }, 'OPTIONS');
      const optionsHaveARoute = limiter.remaining('k') === 1; // not in each framework
      await get(`${url}/ok`, asks);
      expect(limiter.remaining('k')).toBe(optionsHaveARoute ? 0 : 1);
    });
  });

  rule('admits n requests, denies the next, and opens again after Retry-After', async () => {
    const clock = new ManualClock();
    await withServer({ ...LIMIT, clock }, async (url) => {
      expect(await statuses(`${url}/ok`, 2)).toEqual([200, 200]);
      const denied = await get(`${url}/ok`);
      expect(denied.status).toBe(429);
      clock.advance(Number(denied.headers['retry-after']) * 1000 - 1);
      expect((await get(`${url}/ok`)).status).toBe(429);
      clock.advance(1);
      expect((await get(`${url}/ok`)).body).toBe('ok');
    });
  });

  rule('several policies are all or nothing, and the one that binds is told', async () => {
    const limits = [
      { name: 'burst', limit: 1, windowMs: 1000 },
      { name: 'day', limit: 2, windowSeconds: 86_400 },
    ];
    const clock = new ManualClock();
    await withServer({ limits, clock }, async (url) => {
      expect(await statuses(`${url}/ok`, 2)).toEqual([200, 429]);
      clock.advance(1000);
      expect(await statuses(`${url}/ok`, 1)).toEqual([200]);
      clock.advance(1000);
      const denied = await get(`${url}/ok`);
      expect([denied.status, denied.headers['x-ratelimit-limit']]).toEqual([429, '2']);
      expect(denied.headers['retry-after']).toBe(String(86_400 - 2));
    });
  });

  rule('two limiters on one request tell the one that binds', async () => {
    const limiters = [
      { limit: 5, windowSeconds: 60, name: 'wide' },
      { limit: 2, windowSeconds: 60, name: 'narrow' },
    ];
    await withServer(limiters, async (url) => {
      const first = await get(`${url}/ok`);
      expect([first.headers['x-ratelimit-limit'], first.headers['x-ratelimit-remaining']]).toEqual(['2', '1']);
      await get(`${url}/ok`);
      const denied = await get(`${url}/ok`);
      expect([denied.status, denied.headers['x-ratelimit-limit']]).toEqual([429, '2']);
    });
    await withServer([...limiters].reverse(), async (url) => {
      const first = await get(`${url}/ok`);
      expect([first.headers['x-ratelimit-limit'], first.headers['x-ratelimit-remaining']]).toEqual(['2', '1']);
    });
  });

  rule('a limiter that answers promises decides as well', async () => {
    const inner = new RateLimiter({ limit: 1, windowSeconds: 60 });
    const limiter = {
      policies: inner.policies,
      check: async (key: string, cost?: number) => inner.check(key, cost),
      reserve: async (key: string, cost?: number) => inner.reserve(key, cost),
    };
    await withServer({ limiter }, async (url) => expect(await statuses(`${url}/ok`, 2)).toEqual([200, 429]));
    await withServer({ limiter, skipFailedRequests: true, key: () => 'other' }, async (url) => {
      expect(await statuses(`${url}/status/500`, 3)).toEqual([500, 500, 500]);
    });
  });

  rule('a cost is taken, be it a number, a function or a promise', async () => {
    for (const cost of [2, () => 2, async () => 2]) {
      await withServer({ limit: 5, windowSeconds: 60, cost }, async (url) => {
        expect(await statuses(`${url}/ok`, 3)).toEqual([200, 200, 429]);
      });
    }
  });

  rule('a limit that is a function gives each plan its own numbers, and a change of plan forgets nothing', async () => {
    let limit = 2;
    await withServer({ limit: () => limit, windowSeconds: 60, clock: new ManualClock() }, async (url) => {
      expect(await statuses(`${url}/ok`, 3)).toEqual([200, 200, 429]);
      limit = 3; // upgraded: two of three are used
      expect(await statuses(`${url}/ok`, 2)).toEqual([200, 429]);
      limit = 2;
      expect(await statuses(`${url}/ok`, 1)).toEqual([429]);
    });
  });

  rule('limits of which some are functions are all or nothing', async () => {
    const limits = [
      { name: 'second', limit: async () => 1, windowMs: 1000 },
      { name: 'day', limit: () => 2, windowSeconds: 86_400 },
    ];
    const clock = new ManualClock();
    await withServer({ limits, clock }, async (url) => {
      expect(await statuses(`${url}/ok`, 3)).toEqual([200, 429, 429]);
      clock.advance(1000);
      expect(await statuses(`${url}/ok`, 1)).toEqual([200]);
      clock.advance(1000);
      expect((await get(`${url}/ok`)).headers['retry-after']).toBe(String(86_400 - 2));
    });
  });
}
