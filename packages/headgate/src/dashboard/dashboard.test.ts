import { ManualClock, RateLimiter } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { headersOf, made, post, URL_OF_IT } from '../../test/dashboard/asked.js';
import type { HttpLimiter } from '../http/options/options.js';
import { type DashboardOptions, dashboard } from './dashboard.js';

describe('the dashboard', () => {
  it('answers the page, which nobody keeps, frames, or can put a script into', async () => {
    const { page } = made();
    const response = await page(new Request(URL_OF_IT));
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^<!doctype html>/);
    expect(headersOf(response)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'sha256-[^;]+; style-src 'sha256-/,
      ),
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  it('answers a snapshot of each limiter', async () => {
    const { page, api, login } = made();
    api.allowMany(['a', 'a', 'a', 'b']);
    login.allow('c');
    const response = await page(new Request(`${URL_OF_IT}/?headgate=snapshot`));
    expect(headersOf(response)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(await response.json()).toEqual({
      atMs: expect.any(Number),
      processStartedAtMs: performance.timeOrigin,
      limiters: [
        {
          name: 'api',
          backend: 'ts',
          canBlock: true,
          policies: [expect.objectContaining({ name: 'default', limit: 2, windowMs: 60_000 })],
          stats: expect.objectContaining({ allowed: 3, blocked: 1, activeKeys: 2 }),
          denied: { keys: [{ key: 'a', denied: 1, overcount: 0, cut: false }] },
        },
        {
          name: 'login',
          backend: 'ts',
          canBlock: true,
          policies: [expect.objectContaining({ name: 'attempts', limit: 5 })],
          stats: expect.objectContaining({ allowed: 1, blocked: 0, activeKeys: 1 }),
          denied: { unknown: 'topKeys needs a limiter that is made with track: true' },
        },
      ],
    });
  });

  it('tells the time of a snapshot as Unix time', async () => {
    const { page } = made();
    const before = Date.now();
    const { atMs } = await (await page(new Request(`${URL_OF_IT}?headgate=snapshot`))).json();
    const driftMs = 10_000; // between the clock of the day and the one that only goes forward
    expect(atMs).toBeGreaterThanOrEqual(before - driftMs);
    expect(atMs).toBeLessThanOrEqual(Date.now() + driftMs);
  });

  it('tells how a key stands, and takes nothing', async () => {
    const { page, api, clock } = made();
    api.check('a', 2);
    clock.advance(20_000);
    for (let i = 0; i < 2; i++) {
      const response = await page(post('peek', { limiter: 'api', key: 'a' }));
      expect(await response.json()).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: 40_000 });
    }
    expect(api.stats()).toMatchObject({ totalChecks: 1, activeKeys: 1 });
  });

  it('resets a key, and says whether there was anything', async () => {
    const { page, api } = made();
    api.check('a', 2);
    const reset = async () => (await page(post('reset', { limiter: 'api', key: 'a' }))).json();
    expect([await reset(), await reset()]).toEqual([{ live: true }, { live: false }]);
    expect(api.remaining('a')).toBe(2);
  });

  it('blocks a key for so long, and a reset ends that', async () => {
    const { page, api, clock } = made();
    const block = async () => (await page(post('block', { limiter: 'api', key: 'a', seconds: 600 }))).json();
    expect(await block()).toEqual({ blocked: true });
    expect(api.check('a')).toMatchObject({ allowed: false, retryAfterMs: 600_000 });
    clock.advance(599_999);
    expect(api.allow('a')).toBe(false);
    clock.advance(1);
    expect(api.allow('a')).toBe(true);
    expect([await block(), await block()]).toEqual([{ blocked: true }, { blocked: true }]);
    await page(post('reset', { limiter: 'api', key: 'a' }));
    expect(api.remaining('a')).toBe(2);
  });

  it('says where the limiter is full, and where one can not block', async () => {
    const clock = new ManualClock();
    const full = new RateLimiter({ limit: 0, windowSeconds: 60, maxKeys: 1, onFull: 'deny', clock });
    full.block('b', 1000);
    const { backend, policies } = full;
    const calls = ['check', 'reserve', 'stats', 'topKeys', 'peek', 'reset'] as const;
    const each = calls.map((name) => [name, full[name].bind(full)]);
    const fixed = { backend, policies, ...Object.fromEntries(each) } as HttpLimiter;
    const page = dashboard({ limiters: { full, fixed } });
    const { limiters } = await (await page(new Request(`${URL_OF_IT}?headgate=snapshot`))).json();
    expect(limiters.map(({ canBlock }: { canBlock: boolean }) => canBlock)).toEqual([true, false]);
    const of = async (limiter: string) => page(post('block', { limiter, key: 'a', seconds: 1 }));
    expect(await (await of('full')).json()).toEqual({ blocked: false });
    const refused = await of('fixed');
    expect([refused.status, await refused.json()]).toEqual([501, { detail: 'This limiter can not block a key' }]);
  });

  it('knows keys of any content', async () => {
    const { page, api } = made();
    for (const key of ['', '__proto__', '<img onerror>', '\0\n\u202e', '\ud800', 'é'.repeat(10_000)]) {
      api.check(key, 2);
      expect(await (await page(post('reset', { limiter: 'api', key }))).json()).toEqual({ live: true });
    }
  });

  it('takes limiters that answer promises', async () => {
    const { api } = made();
    const remote = {
      backend: 'remote',
      policies: api.policies,
      check: async (key: string) => api.check(key),
      reserve: async (key: string) => api.reserve(key),
      stats: async () => api.stats(),
      topKeys: async () => Promise.reject(new Error('this one does not count keys')),
      peek: async (key: string) => api.peek(key),
      reset: async (key: string) => api.reset(key),
    };
    const page = dashboard({ limiters: { remote } });
    const { limiters } = await (await page(new Request(`${URL_OF_IT}?headgate=snapshot`))).json();
    expect(limiters).toMatchObject([{ backend: 'remote', denied: { unknown: 'this one does not count keys' } }]);
    expect(await (await page(post('peek', { limiter: 'remote', key: 'a' }))).json()).toMatchObject({ remaining: 2 });
    expect(await (await page(post('reset', { limiter: 'remote', key: 'a' }))).json()).toEqual({ live: false });
  });

  it('rejects where a limiter fails, so that the framework says so', async () => {
    const { page, api } = made();
    api.stats = () => {
      throw new Error('the engine is gone');
    };
    await expect(page(new Request(`${URL_OF_IT}?headgate=snapshot`))).rejects.toThrow('the engine is gone');
  });
});

describe('a bad request', () => {
  const key = 'a';
  const long = 'x'.repeat(200_000);
  const cases: [string, () => Request, number, string][] = [
    ['another method for the page', () => new Request(URL_OF_IT, { method: 'POST' }), 405, 'Only GET, HEAD can'],
    [
      'another method for the snapshot',
      () => new Request(`${URL_OF_IT}?headgate=snapshot`, { method: 'PUT' }),
      405,
      'Only',
    ],
    ['GET for what takes POST', () => new Request(`${URL_OF_IT}?headgate=reset`), 405, 'Only POST can'],
    [
      'the preflight of another origin',
      () => new Request(`${URL_OF_IT}?headgate=reset`, { method: 'OPTIONS' }),
      405,
      'Only',
    ],
    ['a name that there is none of', () => new Request(`${URL_OF_IT}?headgate=<b>`), 404, 'There is no "<b>" here'],
    ['an unknown limiter', () => post('peek', { limiter: 'nope', key }), 404, 'There is no limiter "nope"'],
    [
      'a limiter by a name that all objects have',
      () => post('peek', { limiter: 'toString', key }),
      404,
      'There is no limiter',
    ],
    ['no limiter', () => post('peek', { key }), 400, 'The body must have a string "limiter"'],
    ['no key', () => post('reset', { limiter: 'api' }), 400, 'The body must have a string "key"'],
    [
      'a key that is no string',
      () => post('reset', { limiter: 'api', key: 7 }),
      400,
      'The body must have a string "key"',
    ],
    ['malformed JSON', () => post('peek', '{"limiter":'), 400, 'The body must be a JSON object'],
    ['JSON that is no object', () => post('peek', 'null'), 400, 'The body must be a JSON object'],
    ['an array', () => post('peek', '[1]'), 400, 'The body must have a string "limiter"'],
    ['no body', () => post('peek', undefined), 400, 'The body is empty'],
    ['a block without an end', () => post('block', { limiter: 'api', key }), 400, 'a whole number from 1 to 315360000'],
    ['a block of no time', () => post('block', { limiter: 'api', key, seconds: 0 }), 400, 'a whole number from 1'],
    ['a block in words', () => post('block', { limiter: 'api', key, seconds: '60' }), 400, 'a whole number from 1'],
    ['a block for too long', () => post('block', { limiter: 'api', key, seconds: 1e9 }), 400, 'a whole number from 1'],
    [
      'a body that is too long',
      () => post('peek', { limiter: 'api', key: long }),
      413,
      'The body must have 131072 bytes at',
    ],
  ];
  for (const [name, request, status, detail] of cases) {
    it(`is refused: ${name}`, async () => {
      const response = await made().page(request());
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect((await response.json()).detail).toContain(detail);
    });
  }

  it('resets nothing', async () => {
    const { page, api } = made();
    api.check('a', 2);
    for (const [, request] of cases) await page(request());
    expect(api.remaining('a')).toBe(0);
  });
});

describe('options', () => {
  it('are refused where nothing could be shown', () => {
    const refused = (options: unknown, error: string) =>
      expect(() => dashboard(options as DashboardOptions)).toThrow(new TypeError(error));
    refused({ limiters: {} }, 'limiters must be an object of limiters by their names, got an object');
    refused({}, 'limiters must be an object of limiters by their names, got undefined');
    refused({ limiters: { api: 7 } }, 'limiters.api must be a RateLimiter, got 7');
    refused(
      { limiters: { api: undefined } },
      'limiters.api must be a RateLimiter, got undefined: where the limit is a function of the request, there is no one limiter',
    );
    const limiters = { api: made().api };
    refused({ limiters, hosts: 'a' }, 'hosts must be an array of host names, got "a"');
    refused({ limiters, hosts: ['a', 7] }, 'hosts[1] must be a host name, with a port or without, got 7');
    for (const bad of ['', 'https://a', 'a/b', 'a b'])
      refused({ limiters, hosts: [bad] }, `hosts[0] must be a host name, with a port or without, got "${bad}"`);
    refused({ limiter: {} }, 'unknown option "limiter", with the value an object: did you mean limiters?');
  });
});
