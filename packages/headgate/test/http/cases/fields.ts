import { ManualClock } from '@headgate/core-ts';
import { parseList } from 'structured-headers';
import { expect } from 'vitest';
import { type Answer, get } from '../client.js';
import type { AnyOptions, Rule, WithServer } from '../framework.js';

const LIMITS = [
  { name: 'burst', limit: 2, windowSeconds: 1 },
  { name: 'day', limit: 5000, windowSeconds: 86_400 },
];

export function fields(rule: Rule, withServer: WithServer): void {
  /** The first answer, which is allowed, and the third, which is not. */
  async function firstAndDenied(options: AnyOptions): Promise<[Answer, Answer]> {
    const answers: Answer[] = [];
    await withServer({ limits: LIMITS, clock: new ManualClock(), ...options }, async (url) => {
      for (let i = 0; i < 3; i++) answers.push(await get(`${url}/ok`));
    });
    return [answers[0] as Answer, answers[2] as Answer];
  }

  rule('X-RateLimit-* by default, in seconds from now', async () => {
    const [first, denied] = await firstAndDenied({});
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': '1',
    });
    expect(first.headers).not.toHaveProperty('retry-after');
    expect(first.headers).not.toHaveProperty('ratelimit');
    expect(denied.headers).toMatchObject({
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1',
      'retry-after': '1',
    });
  });

  rule('X-RateLimit-Reset as a Unix time on request', async () => {
    const before = Date.now() / 1000;
    const [first] = await firstAndDenied({ resetFormat: 'epoch' });
    const reset = Number(first.headers['x-ratelimit-reset']);
    expect(reset).toBeGreaterThanOrEqual(before + 1);
    expect(reset).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000 + 1));
  });

  rule('draft 6: three fields', async () => {
    const [first, denied] = await firstAndDenied({ standard: 'draft-6' });
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '2;w=1, 5000;w=86400',
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '1',
    });
    expect(first.headers).not.toHaveProperty('x-ratelimit-limit');
    expect(denied.headers).toMatchObject({ 'ratelimit-remaining': '0', 'retry-after': '1' });
  });

  rule('draft 7: one field with three', async () => {
    const [first] = await firstAndDenied({ standard: 'draft-7' });
    expect(first.headers).toMatchObject({
      ratelimit: 'limit=2, remaining=1, reset=1',
      'ratelimit-policy': '2;w=1, 5000;w=86400',
    });
  });

  rule('draft 8 and the latest: a List of Strings that parses, with each policy', async () => {
    for (const standard of ['draft-8', 'latest'] as const) {
      const [first, denied] = await firstAndDenied({ standard });
      expect(first.headers['ratelimit-policy']).toBe('"burst";q=2;w=1, "day";q=5000;w=86400');
      expect(first.headers.ratelimit).toBe('"burst";r=1;t=1, "day";r=4999;t=86400');
      expect(denied.headers.ratelimit).toBe('"burst";r=0;t=1');
      for (const { headers } of [first, denied])
        for (const field of ['ratelimit', 'ratelimit-policy'])
          for (const [name] of parseList(String(headers[field]))) expect(typeof name).toBe('string');
    }
  });

  rule('two limiters have their policies in one field, each with a name of its own', async () => {
    const limiter = { limit: 2, windowSeconds: 60, standard: 'latest', clock: new ManualClock() } as const;
    await withServer([limiter, { ...limiter, limit: 3 }], async (url) => {
      const { headers } = await get(`${url}/ok`);
      expect(headers['ratelimit-policy']).toBe('"default";q=2;w=60, "default-2";q=3;w=60');
      expect(headers.ratelimit).toBe('"default";r=1;t=60, "default-2";r=2;t=60');
    });
  });

  rule('both kinds of header, or none', async () => {
    const [both] = await firstAndDenied({ standard: 'latest', legacyHeaders: true });
    expect(both.headers).toMatchObject({ 'x-ratelimit-limit': '2', ratelimit: expect.any(String) });
    const [, denied] = await firstAndDenied({ headers: false });
    expect(Object.keys(denied.headers).filter((name) => /ratelimit|retry/.test(name))).toEqual([]);
    expect(denied.headers['cache-control']).toBe('no-store');
  });

  rule('Retry-After is rounded up, at least 1, and never before the reset of the fields', async () => {
    for (const standard of [undefined, 'draft-6', 'draft-7', 'latest'] as const) {
      for (const algorithm of ['fixed-window', 'sliding-window', 'token-bucket'] as const) {
        const policy = { limits: [{ name: 'a', algorithm, limit: 1, windowMs: 1001 }] };
        const [, { headers }] = await firstAndDenied({ ...policy, standard });
        const resets = [
          headers['x-ratelimit-reset'],
          headers['ratelimit-reset'],
          /reset=(\d+)|;t=(\d+)/.exec(String(headers.ratelimit))?.slice(1).join(''),
        ];
        const reset = Number(resets.find((each) => each !== undefined));
        expect(Number(headers['retry-after'])).toBe(2);
        expect(reset).toBeLessThanOrEqual(2);
      }
    }
    const before = Math.floor(Date.now() / 1000);
    const [, { headers }] = await firstAndDenied({ resetFormat: 'epoch' });
    const after = Math.floor(Date.now() / 1000) + 1;
    const soonest = before + Number(headers['retry-after']);
    expect(soonest).toBeGreaterThanOrEqual(Number(headers['x-ratelimit-reset']) - (after - before));
  });
}
