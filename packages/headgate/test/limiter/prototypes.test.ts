import { describe, expect, it } from 'vitest';
import { rateLimit } from '../../src/adapters/express.js';
import { optionsFromEnv } from '../../src/http/http.js';
import { type Backend, ManualClock, RateLimiter, type RateLimiterOptions } from '../../src/index.js';
import { itNative } from '../native.js';

const POISON = '{ "limit": 5, "windowMs": 1000, "__proto__": { "poisoned": true, "dryRun": true } }';

describe('options with a property called __proto__', () => {
  it.each<[string, (options: RateLimiterOptions) => unknown]>([
    ['of a limiter', (options) => new RateLimiter(options)],
    ['of one of its limits', (options) => new RateLimiter({ limits: [{ name: 'a', ...own(options) }] })],
    ['of a middleware', (options) => rateLimit(options)],
    ['of an update', (options) => new RateLimiter({ limit: 1, windowMs: 1000 }).update(own(options))],
    ['from the environment', () => rateLimit(optionsFromEnv({ HEADGATE_LIMITS: `[${POISON}]` }))],
  ])('%s are refused by that name, and no prototype changes', (_, given) => {
    expect(() => given(JSON.parse(POISON))).toThrow('__proto__');
    expect(Reflect.has({}, 'poisoned')).toBe(false);
  });
});

describe('keys that are names of what every object has', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

  it.each(names)('%s is counted as any other', (key) => counts('ts', key));
  for (const key of names) itNative(`${key} is counted as any other by the native engine`, () => counts('native', key));
});

async function counts(backend: Backend, key: string): Promise<void> {
  const limiter = new RateLimiter({ limit: 1, windowMs: 1000, backend, clock: new ManualClock() });
  expect(limiter.remaining(key)).toBe(1);
  expect([limiter.allow(key), limiter.allow(key)]).toEqual([true, false]);
  expect(limiter.stats().activeKeys).toBe(1);
  limiter.reset(key);
  expect(limiter.allow(key)).toBe(true);
}

/** As `{ ...options }`, with a property of that name of its own: a spread makes one where JSON had it. */
function own(options: RateLimiterOptions): { limit: number; windowMs: number } {
  return Object.defineProperty({ limit: 5, windowMs: 1000 }, '__proto__', {
    value: Reflect.get(options, '__proto__'),
    enumerable: true,
  });
}
