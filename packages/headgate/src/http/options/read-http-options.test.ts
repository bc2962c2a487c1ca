import { describe, expect, it } from 'vitest';
import { type Asked, gateOf, reader } from '../../../test/http/asked.js';
import { RateLimiter } from '../../index.js';
import { createGate } from '../create-gate.js';
import type { HttpOptions } from './options.js';
import { HTTP_OPTIONS } from './read-http-options.js';

const ONE = { limit: 1, windowSeconds: 60 } as const;

/** Of express-rate-limit, @fastify/rate-limit, koa-ratelimit, @nestjs/throttler, rate-limiter-flexible. */
const ELSEWHERE = {
  keyGenerator: 'key',
  standardHeaders: 'standard',
  requestWasSuccessful: 'countIf',
  validate: 'warn',
  logger: 'warn',
  passOnStoreError: 'onEngineError',
  timeWindow: 'windowMs',
  allowList: 'skip',
  errorResponseBuilder: 'message',
  id: 'key',
  disableHeader: 'headers',
  ttl: 'windowMs or windowSeconds',
  skipIf: 'skip',
  points: 'limit',
  duration: 'windowSeconds or windowMs',
  blockDuration: 'blockForSeconds or blockForMs',
};

const refused = (options: unknown) => {
  try {
    gateOf(options as HttpOptions<unknown>);
    return undefined;
  } catch (error) {
    return error as Error;
  }
};

describe('options', () => {
  it('that are undefined are as if they were not there', () => {
    const none = Object.fromEntries(HTTP_OPTIONS.map((name) => [name, undefined]));
    expect(refused({ ...none, ...ONE })).toBeUndefined();
  });

  it('of a kind that they cannot have are refused with their name, whichever they are', () => {
    const bad = [Symbol('s'), 1n, Number.NaN, -1];
    for (const name of HTTP_OPTIONS) {
      for (const value of bad) {
        const error = refused({ ...ONE, [name]: value });
        expect([name, value, error instanceof TypeError || error instanceof RangeError]).toEqual([name, value, true]);
        expect(error?.message).toContain(name);
      }
    }
  });

  it('that there are not are refused, with what was meant', () => {
    expect(refused({ ...ONE, trustproxy: 'loopback' })?.message).toContain('did you mean trustProxy?');
    expect(refused({ ...ONE, max: 5 })?.message).toBe(
      'unknown option "max", with the value 5: here it is called limit',
    );
    for (const [name, called] of Object.entries(ELSEWHERE))
      expect(refused({ ...ONE, [name]: 5 })?.message).toMatch(new RegExp(`: here it is called ${called}$`));
    for (const options of [undefined, null, 5, 'x', () => ONE])
      expect(refused(options)?.message).toContain('options must be an object');
  });

  it('that nothing can tell here are refused: a user, a route or proxies where no framework keeps them', () => {
    const { user: _user, route: _route, proxies: _proxies, ...bare } = reader;
    const make = (options: HttpOptions<Asked>) => () => createGate<Asked>({ ...ONE, ...options }, bare);
    for (const key of ['user', ['ip', 'user']] as const) {
      expect(make({ key })).toThrow("key 'user' needs the option user");
      expect(make({ key, user: () => 'ada' })).not.toThrow();
    }
    for (const key of ['route', ['ip', 'route']] as const) expect(make({ key })).toThrow("key 'route' needs a router");
    expect(make({ trustProxy: 'framework' })).toThrow("trustProxy can't be 'framework' here");
  });

  it('that say one thing twice are refused', () => {
    const limiter = new RateLimiter(ONE);
    const limits = [{ name: 'a', ...ONE }];
    const twice = [
      { limiter, limit: 1 },
      { limiter, windowSeconds: 60 },
      { limiter, backend: 'ts' },
      { limits, limit: 1 },
      { limits, limit: () => 1 },
      { limits: () => limits, limit: 1, windowSeconds: 60 },
      { limits: () => limits, limit: () => 1 },
      { ...ONE, windowMs: 5 },
    ];
    for (const options of twice) expect(refused(options)?.message).toMatch(/^give /);
  });

  it('of a limiter are checked at once, also where its limit is a function', () => {
    for (const options of [
      { windowSeconds: -1 },
      {},
      { windowSeconds: 60, maxKeys: 0 },
      { windowSeconds: 60, algorithm: 'x' },
      { windowSeconds: 60, backend: 'x' },
    ])
      expect(refused({ limit: () => 1, ...options })?.message).toMatch(/must (be|make)/);
    expect(refused({ limit: () => 1, windowSeconds: 60, standard: 'latest', name: 'ä' })?.message).toContain(
      'printable ASCII',
    );
    expect(refused({ limit: () => 1, windowSeconds: 60, algorithm: 'token-bucket', burst: 5 })).toBeUndefined();
  });

  it('take any limiter that has policies, check and reserve', () => {
    const { policies, check, reserve } = { policies: [], check: () => {}, reserve: () => {} };
    expect(refused({ limiter: { policies, check, reserve } })).toBeUndefined();
    for (const limiter of [null, {}, { check, reserve }, { policies, check }, { policies, reserve }, 'x', () => {}])
      expect(refused({ limiter })?.message).toContain('limiter must be a RateLimiter, got');
  });
});
