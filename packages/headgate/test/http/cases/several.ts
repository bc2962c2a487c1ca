import { expect } from 'vitest';
import { RateLimiter } from '../../../src/index.js';
import { get, statuses } from '../client.js';
import type { AnyOptions, Rule, WithServer } from '../framework.js';

/** Ways to tell, outside and inside, of which the inner one denies. */
const FORMATS: readonly (readonly [outer: AnyOptions, inner: AnyOptions])[] = [
  [{}, { standard: 'latest' }],
  [{ standard: 'draft-6' }, {}],
  [{ standard: 'draft-6' }, { standard: 'draft-7' }],
  [{ headerNames: { remaining: 'X-Left' } }, { standard: 'draft-8' }],
  [{}, { headers: false }],
  [{ standard: 'latest', legacyHeaders: true }, { headers: false }],
  [{ resetFormat: 'epoch' }, {}],
  [{}, {}],
];

const PASSED = 60;

export function several(rule: Rule, withServer: WithServer): void {
  rule('a denial has no header of a limiter that let the request through', async () => {
    for (const [outer, inner] of FORMATS) {
      const limiters = [
        { name: 'all', limit: PASSED, windowSeconds: 60, ...outer },
        { name: 'few', limit: 0, windowSeconds: 3_600, ...inner },
      ];
      await withServer(limiters, async (url) => {
        const { status, headers } = await get(`${url}/ok`);
        expect(status).toBe(429);
        const limitHeaders = Object.entries(headers).filter(([name]) => /ratelimit|left/.test(name));
        const stale = limitHeaders.filter(([name, value]) => name !== 'ratelimit-policy' && /5\d/.test(String(value)));
        expect([outer, inner, stale]).toEqual([outer, inner, []]);
      });
    }
  });

  rule('headers have the names that they are given, or are left out', async () => {
    const headerNames = { limit: 'X-Quota', remaining: 'X-Quota-Left', reset: false, retryAfter: 'X-Retry' } as const;
    await withServer({ limit: 1, windowSeconds: 60, headerNames }, async (url) => {
      const [passed, denied] = [await get(`${url}/ok`), await get(`${url}/ok`)];
      const namedHeaders = (headers: object) =>
        Object.entries(headers).filter(([name]) => /^x-|retry/.test(name) && name !== 'x-powered-by');
      expect(namedHeaders(passed.headers)).toEqual([
        ['x-quota', '1'],
        ['x-quota-left', '0'],
      ]);
      expect(namedHeaders(denied.headers)).toEqual([...namedHeaders(passed.headers), ['x-retry', '60']]);
    });
  });

  rule('one limiter counts a request once, however many middlewares ask it by one key', async () => {
    const limiter = new RateLimiter({ limit: 2, windowSeconds: 60 });
    await withServer([{ limiter }, { limiter }, { limiter }], async (url) => {
      expect(await statuses(`${url}/ok`, 3)).toEqual([200, 200, 429]);
      expect(limiter.stats().totalChecks).toBe(3);
    });
  });

  rule('one limiter counts a request by each key, and takes what costs more as well', async () => {
    const limiter = new RateLimiter({ limit: 9, windowSeconds: 60 });
    await withServer([{ limiter }, { limiter, key: () => 'all' }, { limiter, cost: 3 }], async (url) => {
      const { headers } = await get(`${url}/ok`);
      expect([headers['x-ratelimit-remaining'], limiter.remaining('all')]).toEqual(['5', 8]);
    });
  });

  rule('one limiter in a dry run outside denies inside', async () => {
    const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
    await withServer([{ limiter, dryRun: true }, { limiter }], async (url) => {
      expect(await statuses(`${url}/ok`, 2)).toEqual([200, 429]);
    });
  });

  rule('a request may take of each policy its own', async () => {
    const limits = [
      { name: 'requests', limit: 10, windowSeconds: 60 },
      { name: 'units', limit: 1_000, windowSeconds: 60 },
    ];
    for (const cost of [{ requests: 1, units: 500 }, () => ({ requests: 1, units: 500 })])
      await withServer({ limits, cost, standard: 'draft-8' }, async (url) => {
        const { headers } = await get(`${url}/ok`);
        expect(headers.ratelimit).toMatch(/"requests";r=9;t=\d+, "units";r=500;/);
        expect(await statuses(`${url}/ok`, 2)).toEqual([200, 429]);
      });
  });
}
