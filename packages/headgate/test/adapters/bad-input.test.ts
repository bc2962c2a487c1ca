import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { nativeStatus } from '@headgate/core-native';
import { describe, expect, it } from 'vitest';
import { type Backend, BackendUnavailableError, RateLimiter, type RateLimiterOptions } from '../../src/index.js';

const TEN_YEARS_MS = 3_653 * 86_400_000;

/** What is wrong · the options or the call · the error · what its message must print. */
type Row = readonly [string, unknown, typeof RangeError | typeof TypeError, string];

const windows = { windowMs: 1_000 };
const BAD_OPTIONS: readonly Row[] = [
  ['no options', undefined, TypeError, 'options must be an object, got undefined'],
  ['null for options', null, TypeError, 'options must be an object, got null'],
  [
    'limit missing',
    { ...windows },
    TypeError,
    'limit must be a whole number from 0 to 9007199254740991, got undefined',
  ],
  [
    'limit null',
    { ...windows, limit: null },
    TypeError,
    'limit must be a whole number from 0 to 9007199254740991, got null',
  ],
  [
    'limit negative',
    { ...windows, limit: -1 },
    RangeError,
    'limit must be a whole number from 0 to 9007199254740991, got -1',
  ],
  ['limit fractional', { ...windows, limit: 1.5 }, RangeError, 'got 1.5'],
  [
    'limit NaN',
    { ...windows, limit: Number.NaN },
    RangeError,
    'limit must be a whole number from 0 to 9007199254740991, got NaN',
  ],
  ['limit Infinity', { ...windows, limit: Number.POSITIVE_INFINITY }, RangeError, 'got Infinity'],
  [
    'limit a string',
    { ...windows, limit: '5' },
    TypeError,
    'limit must be a whole number from 0 to 9007199254740991, got "5"',
  ],
  ['limit a bigint', { ...windows, limit: 5n }, TypeError, 'got 5n'],
  ['limit beyond 2^53 − 1', { ...windows, limit: 2 ** 53 }, RangeError, 'got 9007199254740992'],
  ['window missing', { limit: 1 }, TypeError, 'windowMs (or windowSeconds) must be a whole number from 1 to'],
  [
    'windowMs 0',
    { limit: 1, windowMs: 0 },
    RangeError,
    'windowMs (or windowSeconds) must be a whole number from 1 to 315619200000, got 0',
  ],
  ['windowMs negative', { limit: 1, windowMs: -5 }, RangeError, 'got -5'],
  ['windowMs fractional', { limit: 1, windowMs: 0.5 }, RangeError, 'got 0.5'],
  ['windowMs NaN', { limit: 1, windowMs: Number.NaN }, RangeError, 'got NaN'],
  ['windowMs Infinity', { limit: 1, windowMs: Number.POSITIVE_INFINITY }, RangeError, 'got Infinity'],
  [
    'windowMs a string',
    { limit: 1, windowMs: '60' },
    TypeError,
    'windowMs (or windowSeconds) must be a whole number from 1 to 315619200000, got "60"',
  ],
  ['windowMs beyond ten years', { limit: 1, windowMs: TEN_YEARS_MS + 1 }, RangeError, 'got 315619200001'],
  ['windowMs beyond 2^53 − 1', { limit: 1, windowMs: 2 ** 53 }, RangeError, 'got 9007199254740992'],
  [
    'windowSeconds 0',
    { limit: 1, windowSeconds: 0 },
    RangeError,
    'windowSeconds must make whole milliseconds from 1 to 315619200000, got 0',
  ],
  ['windowSeconds negative', { limit: 1, windowSeconds: -1 }, RangeError, 'got -1'],
  ['windowSeconds of half a millisecond', { limit: 1, windowSeconds: 0.0005 }, RangeError, 'got 0.0005'],
  ['windowSeconds NaN', { limit: 1, windowSeconds: Number.NaN }, RangeError, 'got NaN'],
  ['windowSeconds Infinity', { limit: 1, windowSeconds: Number.POSITIVE_INFINITY }, RangeError, 'got Infinity'],
  ['windowSeconds a string', { limit: 1, windowSeconds: '60' }, TypeError, 'windowSeconds must be a number, got "60"'],
  ['windowSeconds beyond ten years', { limit: 1, windowSeconds: TEN_YEARS_MS / 1000 + 1 }, RangeError, 'got 315619201'],
  [
    'both windows',
    { limit: 1, windowMs: 5, windowSeconds: 7 },
    TypeError,
    'give windowMs or windowSeconds, not both: got 5 and 7',
  ],
  [
    'a typo',
    { limit: 1, windowMS: 5 },
    TypeError,
    'unknown option "windowMS", with the value 5: did you mean windowMs?',
  ],
  [
    'an option that there is none of',
    { limit: 1, ...windows, max: 5 },
    TypeError,
    'unknown option "max", with the value 5: here it is called limit',
  ],
  [
    'an algorithm that there is none of',
    { limit: 1, ...windows, algorithm: 'leaky' },
    RangeError,
    "algorithm must be 'fixed-window' or 'sliding-window' or 'token-bucket', got \"leaky\"",
  ],
  ['an algorithm that is no string', { limit: 1, ...windows, algorithm: 7 }, TypeError, 'got 7'],
  [
    'a clock without now',
    { limit: 1, ...windows, clock: {} },
    TypeError,
    'clock must have a method now(), got an object',
  ],
  [
    'a clock that is null',
    { limit: 1, ...windows, clock: null },
    TypeError,
    'clock must have a method now(), got null',
  ],
  ['a shared name that is no string', { limit: 1, ...windows, shared: 7 }, TypeError, 'shared must be a string, got 7'],
  ['an empty shared name', { limit: 1, ...windows, shared: '' }, RangeError, 'shared must not be empty, got ""'],
];

const BAD_COSTS: readonly Row[] = [
  ['cost negative', -1, RangeError, 'cost must be a whole number from 0 up, got -1'],
  ['cost fractional', 0.5, RangeError, 'cost must be a whole number from 0 up, got 0.5'],
  ['cost NaN', Number.NaN, RangeError, 'cost must be a whole number from 0 up, got NaN'],
  ['cost Infinity', Number.POSITIVE_INFINITY, RangeError, 'got Infinity'],
  ['cost a string', '1', TypeError, 'cost must be a whole number from 0 up, got "1"'],
  ['cost null', null, TypeError, 'got null'],
  ['cost a bigint', 1n, TypeError, 'got 1n'],
];

const BAD_KEYS: readonly Row[] = [
  ['key missing', undefined, TypeError, 'key must be a string, got undefined'],
  ['key a number', 7, TypeError, 'key must be a string, got 7'],
  ['key a symbol', Symbol('k'), TypeError, 'key must be a string, got Symbol(k)'],
  ['key an object', new String('k'), TypeError, 'key must be a string, got an object'],
  ['key an array', ['k'], TypeError, 'key must be a string, got an array'],
];

const BAD_CLOCKS: readonly Row[] = [
  ['a clock that answers NaN', () => Number.NaN, RangeError, 'clock.now() must answer milliseconds, got NaN'],
  ['a clock that answers a string', () => '5', TypeError, 'clock.now() must answer a number, got "5"'],
  ['a clock that answers nothing', () => undefined, TypeError, 'clock.now() must answer a number, got undefined'],
  ['a clock beyond 2^53 − 1', () => 1e300, RangeError, 'clock.now() must answer milliseconds, got 1e+300'],
  [
    'a clock that throws',
    () => {
      throw new RangeError('the clock is broken');
    },
    RangeError,
    'the clock is broken',
  ],
];

const { available } = nativeStatus();
const nativeTitle = available ? 'the native engine' : 'the native engine (skipped: no native binary runs here)';

describe('bad input to the ts engine', () => badInput('ts'));
describe.skipIf(!available)(`bad input to ${nativeTitle}`, () => badInput('native'));

function badInput(backend: Backend): void {
  function limiter(now: () => number = () => 0): RateLimiter {
    return new RateLimiter({ limit: 3, windowMs: 1_000, clock: { now }, backend });
  }

  it.each(BAD_OPTIONS)('%s is refused', (_, options, type, message) => {
    const create = () => new RateLimiter(withBackend(options, backend) as RateLimiterOptions);
    expect(create).toThrow(type);
    expect(create).toThrow(message);
  });

  it.each(BAD_COSTS)('%s is refused before any state is touched', (_, cost, type, message) => {
    const held = limiter();
    held.allow('k');
    for (const call of ['allow', 'check', 'peek'] as const) {
      expect(() => held[call]('k', cost as number)).toThrow(type);
      expect(() => held[call]('k', cost as number)).toThrow(message);
    }
    expect(held.remaining('k')).toBe(2);
    expect(held.stats()).toMatchObject({ allowed: 1, blocked: 0, totalChecks: 1, activeKeys: 1 });
  });

  it.each(BAD_KEYS)('%s is refused before any state is touched', (_, key, type, message) => {
    const held = limiter();
    for (const call of ['allow', 'check', 'peek', 'remaining', 'reset'] as const) {
      expect(() => held[call](key as string)).toThrow(type);
      expect(() => held[call](key as string)).toThrow(message);
    }
    expect(held.stats()).toMatchObject({ allowed: 0, blocked: 0, totalChecks: 0, activeKeys: 0 });
  });

  it.each(BAD_CLOCKS)('%s is reported, and nothing that was counted is lost', (_, broken, type, message) => {
    let now: () => unknown = () => 0;
    const held = limiter(() => now() as number);
    held.allow('k');
    now = broken as () => unknown;
    for (const call of ['allow', 'check', 'peek', 'remaining', 'reset'] as const) {
      expect(() => held[call]('k')).toThrow(type);
      expect(() => held[call]('k')).toThrow(message);
    }
    now = () => 10;
    expect([held.remaining('k'), held.stats().totalChecks]).toEqual([2, 1]);
  });

  it('a clock that goes back grants nothing again and locks for one window', () => {
    let ms = 1_000_000;
    const held = limiter(() => ms);
    held.allow('k', 3);
    ms -= 900_000;
    expect(held.check('k')).toMatchObject({ allowed: false, retryAfterMs: 1_000 });
    ms += 1_000;
    expect(held.allow('k', 3)).toBe(true);
  });

  it('two limiters of one shared name and different policies are refused, and nothing that was counted is lost', () => {
    const policy = { limit: 3, windowMs: 1_000, backend, shared: 'bad input' };
    if (backend === 'ts') {
      expect(() => new RateLimiter(policy)).toThrow(BackendUnavailableError);
      return;
    }
    const held = new RateLimiter(policy);
    held.allow('k');
    const other = () => new RateLimiter({ ...policy, windowMs: 2_000 });
    expect(other).toThrow(RangeError);
    expect(other).toThrow('windowMs 1000, burst 3, blockForMs 0) already, got (fixed-window, limit 3, windowMs 2000');
    expect(held.remaining('k')).toBe(2);
  });

  it('a worker that ends in the middle of a call takes nobody with it', async () => {
    const options = { limit: 1_000, windowMs: 3_600_000, backend };
    const shared = backend === 'native' ? { ...options, shared: 'ended in the middle' } : options;
    const held = new RateLimiter(shared);
    held.allow('k');
    await endInTheMiddle(shared);
    expect(held.stats().allowed).toBe(backend === 'native' ? 1_000 : 1);
    expect(held.allow('k')).toBe(backend === 'ts');
  });

  it('a cost beyond the safe integers can never fit', () => {
    const held = new RateLimiter({ limit: Number.MAX_SAFE_INTEGER, windowMs: 1, backend });
    expect(held.check('k', 1e300)).toMatchObject({ allowed: false, retryAfterMs: Number.POSITIVE_INFINITY });
    expect(held.check('k', Number.MAX_SAFE_INTEGER)).toMatchObject({ allowed: true, remaining: 0 });
  });
}

function withBackend(options: unknown, backend: string): unknown {
  return typeof options === 'object' && options !== null ? { ...options, backend } : options;
}

/** A worker makes calls for ever on the built package, and is terminated once it is past the limit. */
async function endInTheMiddle(options: RateLimiterOptions): Promise<void> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const { RateLimiter } = require(workerData.module);
     const limiter = new RateLimiter(workerData.options);
     for (let call = 1; ; call++) {
       limiter.check('k');
       if (call === 2_000) parentPort.postMessage('past the limit');
     }`,
    {
      eval: true,
      execArgv: [],
      workerData: { module: fileURLToPath(new URL('../../dist/index.cjs', import.meta.url)), options },
    },
  );
  await once(worker, 'message');
  await worker.terminate();
}
