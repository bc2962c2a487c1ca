import { nativeStatus } from '@headgate/core-native';
import { describe, expect, it } from 'vitest';
import { type Backend, ManualClock, RateLimiter, type RateLimiterOptions } from '../../src/index.js';

/** What is wrong · the options · the error · what its message must print. */
type Row = readonly [string, unknown, typeof RangeError | typeof TypeError, string];

const one = { limit: 5, windowMs: 1_000 };
const named = { ...one, name: 'a' };

const BAD_POLICIES: readonly Row[] = [
  ['limits that is no array', { limits: named }, TypeError, 'limits must be an array, got an object'],
  ['no limits', { limits: [] }, RangeError, 'limits must have 1 to 64 policies, got 0'],
  ['65 limits', { limits: new Array(65).fill(named) }, RangeError, 'limits must have 1 to 64 policies, got 65'],
  ['a limit that is null', { limits: [null] }, TypeError, 'limits[0] must be an object, got null'],
  ['a limit without a name', { limits: [one] }, TypeError, 'limits[0].name must be a string, got undefined'],
  ['a name that is no string', { ...one, name: 7 }, TypeError, 'name must be a string, got 7'],
  ['an empty name', { limits: [{ ...one, name: '' }] }, RangeError, 'limits[0].name must not be empty, got ""'],
  ['two of one name', { limits: [named, named] }, RangeError, 'limits[1].name must be its own, got "a", the name of'],
  ['a limit beside limits', { limit: 5, limits: [named] }, TypeError, 'give limit within limits, not beside it: got 5'],
  ['a typo in limits', { limits: [{ ...named, Burst: 5 }] }, TypeError, 'limits[0]."Burst", with the value 5: did you'],
  [
    'a bad number in limits',
    { limits: [{ ...named, limit: -1 }] },
    RangeError,
    'limits[0].limit must be a whole number',
  ],
  ['a burst of a window', { ...one, burst: 9 }, RangeError, "burst is for algorithm 'token-bucket', got 9"],
  ['a burst that no cost fits', { ...one, algorithm: 'token-bucket', burst: 0 }, RangeError, 'burst must be a whole'],
  ['a fractional burst', { ...one, algorithm: 'token-bucket', burst: 1.5 }, RangeError, 'got 1.5'],
  ['a burst that is a string', { ...one, algorithm: 'token-bucket', burst: '9' }, TypeError, 'got "9"'],
  ['a burst over nothing', { ...one, limit: 0, algorithm: 'token-bucket', burst: 9 }, RangeError, 'for a limit of 0'],
  [
    'a burst that takes ages to refill',
    { limit: 1, windowMs: 86_400_000, algorithm: 'token-bucket', burst: 4_000 },
    RangeError,
    'burst must refill within ten years, got 4000 at 1 units in 86400000 ms',
  ],
  [
    'a block of nothing',
    { ...one, blockForMs: -1 },
    RangeError,
    'blockForMs (or blockForSeconds) must be a whole number',
  ],
  ['a block that is NaN', { ...one, blockForSeconds: Number.NaN }, RangeError, 'blockForSeconds must make whole'],
  ['both blocks', { ...one, blockForMs: 1, blockForSeconds: 2 }, TypeError, 'not both: got 1 and 2'],
  ['maxKeys 0', { ...one, maxKeys: 0 }, RangeError, 'maxKeys must be a whole number from 1 to 268000000, got 0'],
  ['maxKeys fractional', { ...one, maxKeys: 1.5 }, RangeError, 'got 1.5'],
  ['maxKeys a string', { ...one, maxKeys: '9' }, TypeError, 'got "9"'],
  ['maxKeys beyond all', { ...one, maxKeys: 2 ** 31 }, RangeError, 'got 2147483648'],
  ['onFull unknown', { ...one, onFull: 'evict' }, RangeError, "onFull must be 'deny' or 'admit', got \"evict\""],
  ['onFull a boolean', { ...one, onFull: true }, TypeError, "onFull must be 'deny' or 'admit', got true"],
];

const BAD_BLOCKS: readonly Row[] = [
  ['a block of 0 ms', 0, RangeError, 'ms must be a whole number from 1 to 315619200000, got 0'],
  ['a block of -1 ms', -1, RangeError, 'got -1'],
  ['a block of no number', '5', TypeError, 'got "5"'],
  ['a block for ever', Number.POSITIVE_INFINITY, RangeError, 'got Infinity'],
];

const { available } = nativeStatus();
const nativeTitle = available ? 'the native engine' : 'the native engine (skipped: no native binary runs here)';

describe('bad policies to the ts engine', () => badPolicies('ts'));
describe.skipIf(!available)(`bad policies to ${nativeTitle}`, () => badPolicies('native'));

function badPolicies(backend: Backend): void {
  it.each(BAD_POLICIES)('%s is refused', (_, options, type, message) => {
    const create = () => new RateLimiter({ ...(options as RateLimiterOptions), backend });
    expect(create).toThrow(type);
    expect(create).toThrow(message);
  });

  it.each(BAD_BLOCKS)('%s is refused before any state is touched', (_, ms, type, message) => {
    const held = new RateLimiter({ ...one, backend });
    expect(() => held.block('k', ms as number)).toThrow(type);
    expect(() => held.block('k', ms as number)).toThrow(message);
    expect(held.stats().activeKeys).toBe(0);
  });

  it('one bad key among many takes from none', () => {
    const held = new RateLimiter({ ...one, backend });
    expect(() => held.allowMany(['a', 7 as unknown as string])).toThrow('key must be a string, got 7');
    expect(() => held.allowMany(['a'], -1)).toThrow('cost must be a whole number from 0 up, got -1');
    expect(() => held.allowMany('abc' as unknown as string[])).toThrow('keys must be an array of strings, got "abc"');
    expect(held.stats().totalChecks).toBe(0);
  });

  it('64 limits are decided together', () => {
    const limits = Array.from({ length: 64 }, (_, i) => ({ ...one, name: `policy ${i}`, limit: 64 - i }));
    const held = new RateLimiter({ limits, backend, clock: new ManualClock() });
    expect(held.check('k')).toMatchObject({ allowed: true, policy: 'policy 63', remaining: 0 });
    expect(held.check('k').policies).toHaveLength(64);
    expect(held.stats().policies[63]).toEqual({ name: 'policy 63', denied: 1 });
  });

  it('many keys at once are decided as one after the other, whatever the keys', () => {
    const keys = ['a', '', 'b', 'a', '\ud800', '\udc00', '', 'x'.repeat(1_000), 'a'];
    const [atOnce, apart] = [new RateLimiter({ ...one, limit: 2, backend }), new RateLimiter({ ...one, limit: 2 })];
    expect([...atOnce.allowMany(keys)]).toEqual(keys.map((key) => (apart.allow(key) ? 1 : 0)));
    expect(atOnce.allowMany([])).toEqual(new Uint8Array());
    expect(atOnce.stats()).toEqual(apart.stats());
  });
}
