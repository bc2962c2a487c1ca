import { ManualClock } from '@headgate/core-ts';
import { describe, expect, it, vi } from 'vitest';
import { type Asked, decideNow, gateOf, headersOf, reader } from '../../../test/http/asked.js';
import { RateLimiter } from '../../index.js';
import { createGate } from '../create-gate.js';
import type { HttpOptions } from '../options/options.js';

const COMMON = { windowSeconds: 60, key: () => 'k', standard: 'latest', clock: new ManualClock() } as const;

/** The headers after each of these limiters has decided on one request. */
function headersBehind(...limiters: readonly Partial<HttpOptions<Asked>>[]): Record<string, string>[] {
  const request = {};
  return limiters.map((options) => headersOf(decideNow(gateOf({ ...COMMON, ...options }), request)));
}

describe('several limiters on one request', () => {
  it('have all their policies in the fields, each under a name of its own', () => {
    const limits = [
      { name: 'default', limit: 5, windowSeconds: 1 },
      { name: 'default-2', limit: 6, windowSeconds: 1 },
    ];
    const several = { windowSeconds: undefined, limits };
    const [, , last] = headersBehind({ limit: 3 }, { limit: 4 }, several);
    expect(last?.['RateLimit-Policy']).toBe(
      '"default";q=3;w=60, "default-2";q=4;w=60, "default-3";q=5;w=1, "default-2-2";q=6;w=1',
    );
    expect(last?.RateLimit).toBe(
      '"default";r=2;t=60, "default-2";r=3;t=60, "default-3";r=4;t=1, "default-2-2";r=5;t=1',
    );
  });

  it('report the one with the fewest units left, and of a denial that one', () => {
    const legacy = { standard: undefined };
    const left = (...limits: number[]) =>
      headersBehind(...limits.map((limit) => ({ ...legacy, limit }))).map((each) => each['X-RateLimit-Remaining']);
    expect(left(5, 3, 9)).toEqual(['4', '2', '2']);
    const [, denied] = headersBehind({ limit: 1 }, { limit: 7, cost: 8 });
    expect(denied?.RateLimit).toBe('"default-2";r=7;t=0');
  });

  it('say nothing of one that is a dry run, and such a one says nothing', () => {
    const [first, dry, last] = headersBehind(
      { name: 'a', limit: 5 },
      { name: 'dry', limit: 0, dryRun: true },
      { name: 'b', limit: 9 },
    );
    expect(first?.['RateLimit-Policy']).toBe('"a";q=5;w=60');
    expect(dry).toEqual({});
    expect(last?.['RateLimit-Policy']).toBe('"a";q=5;w=60, "b";q=9;w=60');
    expect(last).not.toHaveProperty('Retry-After');
    expect(headersBehind({ limit: 5, dryRun: true }, { limit: 5, dryRun: true }, { limit: 0, dryRun: true })).toEqual([
      {},
      {},
      {},
    ]);
  });

  it('are told by whichever comes last, in its own way', () => {
    const [, off, legacy] = headersBehind(
      { limit: 5 },
      { limit: 5, headers: false },
      { limit: 9, standard: undefined },
    );
    expect([off, legacy?.['X-RateLimit-Limit']]).toEqual([{}, '5']);
  });
});

describe('one limiter that is mounted twice', () => {
  it('counts a request once, and answers the same', () => {
    const gate = gateOf({ ...COMMON, limit: 2 });
    const request = {};
    expect(gate.decide(request)).toBe(gate.decide(request));
    decideNow(gate, {});
    const denied = {};
    expect(decideNow(gate, denied).refusal).toBeDefined();
    expect(gate.decide(denied)).toBe(gate.decide(denied));
  });

  it('counts once also where others decide between', () => {
    const limiter = new RateLimiter({ limit: 9, windowSeconds: 60 });
    const [one, other] = [gateOf({ limiter, key: () => 'k' }), gateOf({ ...COMMON, limit: 9 })];
    const request = {};
    for (const gate of [one, other, one, other, one]) gate.decide(request);
    expect(limiter.stats().totalChecks).toBe(1);
  });

  it('tells of those that decided between, when it is asked again', () => {
    const [first, other] = [gateOf({ ...COMMON, limit: 9 }), gateOf({ ...COMMON, limit: 5 })];
    const request = {};
    for (const gate of [first, other]) decideNow(gate, request);
    expect(headersOf(decideNow(first, request)).RateLimit).toBe('"default";r=8;t=60, "default-2";r=4;t=60');
  });

  it('is the same one where it was made anew from the same limiter, and another one by another key', () => {
    const limiter = new RateLimiter({ limit: 9, windowSeconds: 60 });
    const request = {};
    for (const key of ['k', 'k', 'other']) gateOf({ limiter, key: () => key }).decide(request);
    expect(limiter.stats().totalChecks).toBe(2);
  });
});

describe('two copies of the package', () => {
  it('find each other on a request', async () => {
    vi.resetModules();
    const copy = await import('../create-gate.js');
    expect(copy.createGate).not.toBe(createGate);
    const [ours, theirs] = [gateOf({ ...COMMON, limit: 5 }), copy.createGate({ ...COMMON, limit: 3 }, reader)];
    for (const gates of [
      [ours, theirs],
      [theirs, ours],
    ]) {
      const request = {};
      const [, last] = gates.map((gate) => headersOf(decideNow(gate, request)));
      expect(last?.['RateLimit-Policy']).toMatch(/^"default";q=\d;w=60, "default-2";q=\d;w=60$/);
    }
  });
});

describe('what carries decisions', () => {
  it('may be a proxy, and a request that lets nothing be added is an error that names it', () => {
    const gate = gateOf({ ...COMMON, limit: 9 });
    const request = new Proxy({}, {});
    expect(gate.decide(request)).toBe(gate.decide(request));
    for (const closed of [Object.freeze({}), Object.seal({}), Object.preventExtensions({})])
      expect(() => gate.decide(closed)).toThrow(/headgate\.last-outcome/);
    expect(() => gate.decide(new Proxy({}, { set: () => false }))).toThrow(/headgate\.last-outcome/);
  });

  it('shows nothing of it in its own names, nor as JSON', () => {
    const request = { path: '/' };
    gateOf({ ...COMMON, limit: 9 }).decide(request);
    expect([Object.keys(request), JSON.stringify(request)]).toEqual([['path'], '{"path":"/"}']);
  });
});
