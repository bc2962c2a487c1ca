import { nativeStatus } from '@headgate/core-native';
import { describe, expect, it } from 'vitest';
import { type Backend, ManualClock, RateLimiter } from '../../src/index.js';

/** What is wrong · the argument · the error · what its message must print. */
type Row = readonly [string, unknown, typeof RangeError | typeof TypeError, string];

const named = { limit: 5, windowMs: 1_000 };

const BAD_CHANGES: readonly Row[] = [
  ['no change', undefined, TypeError, 'the change must be an object, got undefined'],
  ['a bad limit', { limit: -1 }, RangeError, 'limit must be a whole number from 0 to 9007199254740991, got -1'],
  ['a bad window', { windowMs: 0.5 }, RangeError, 'windowMs (or windowSeconds) must be a whole number from 1 to'],
  ['both windows', { windowMs: 1, windowSeconds: 1 }, TypeError, 'not both: got 1 and 1'],
  ['another algorithm', { algorithm: 'token-bucket' }, TypeError, 'unknown option "algorithm", with the value "token'],
  ['another name', { name: 'b' }, TypeError, 'unknown option "name", with the value "b"'],
  ['a burst for a window', { burst: 9 }, RangeError, "burst is for algorithm 'token-bucket', got 9"],
  ['limits that are no array', { limits: 5 }, TypeError, 'limits must be an array, got 5'],
  ['a limit beside limits', { limits: [], limit: 5 }, TypeError, 'unknown option "limit", with the value 5'],
  ['a policy that is not there', { limits: [{ name: 'b' }] }, RangeError, 'limits[0].name must be "default", got "b"'],
  [
    'a policy without a name',
    { limits: [{ limit: 5 }] },
    RangeError,
    'limits[0].name must be "default", got undefined',
  ],
  ['one policy twice', { limits: [{ name: 'default' }, { name: 'default' }] }, RangeError, 'got "default" twice'],
  ['a change that is null', { limits: [null] }, TypeError, 'limits[0] must be an object, got null'],
];

const BAD_OPTIONS: readonly Row[] = [
  ['track that is no boolean', { ...named, track: 1 }, TypeError, 'track must be true or false, got 1'],
  [
    'after that is no function',
    { ...named, clock: { now: () => 0, after: 5 } },
    TypeError,
    'clock.after must be a fun',
  ],
];

const { available } = nativeStatus();
const nativeTitle = available ? 'the native engine' : 'the native engine (skipped: no native binary runs here)';

describe('bad calls to the ts engine', () => badCalls('ts'));
describe.skipIf(!available)(`bad calls to ${nativeTitle}`, () => badCalls('native'));

function badCalls(backend: Backend): void {
  const make = () => new RateLimiter({ ...named, clock: new ManualClock(), track: true, backend });

  it.each(BAD_OPTIONS)('%s is refused', (_, options, type, message) => {
    const create = () => new RateLimiter({ ...(options as typeof named), backend });
    expect(create).toThrow(type);
    expect(create).toThrow(message);
  });

  it.each(BAD_CHANGES)('%s is refused, and nothing changes', (_, change, type, message) => {
    const held = make();
    held.allow('k', 2);
    expect(() => held.update(change as { limit: number })).toThrow(type);
    expect(() => held.update(change as { limit: number })).toThrow(message);
    expect(held.policy).toEqual({ name: 'default', algorithm: 'fixed-window', ...named, burst: 5, blockForMs: 0 });
    expect(held.remaining('k')).toBe(3);
  });

  it('several policies are changed by their names only', () => {
    const held = new RateLimiter({
      limits: [
        { ...named, name: 'a' },
        { ...named, name: 'b' },
      ],
      backend,
    });
    expect(() => held.update({ limit: 9 })).toThrow('give limits, each with its name: there are 2 policies to change');
    held.update({ limits: [{ name: 'b', limit: 9 }] });
    expect(held.policies.map(({ limit }) => limit)).toEqual([5, 9]);
    expect(held.peek('k').policies.map(({ limit }) => limit)).toEqual([5, 9]);
  });

  it('a key or an estimate that is none is refused before any state is touched', async () => {
    const held = make();
    expect(() => held.reserve(7 as never)).toThrow('key must be a string, got 7');
    expect(() => held.reserve('k', -1)).toThrow('cost must be a whole number from 0 up, got -1');
    expect(() => held.reserve('k', '1' as never)).toThrow('cost must be a whole number from 0 up, got "1"');
    await expect(held.wait(7 as never)).rejects.toThrow('key must be a string, got 7');
    await expect(held.wait('k', { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(() => held.topKeys(1.5)).toThrow('n must be a whole number from 1 to 1024, got 1.5');
    expect(() => held.restore('bytes' as never)).toThrow('snapshot must be a Uint8Array, got "bytes"');
    expect(held.stats()).toMatchObject({ totalChecks: 0, activeKeys: 0 });
  });

  it('a reservation is settled once, by whom it was given to', () => {
    const held = make();
    const reservation = held.reserve('k', 3);
    reservation.commit(1);
    expect(() => reservation.commit(1)).toThrow('was settled by commit(1) already');
    const cancelled = held.reserve('k', 3);
    cancelled.cancel();
    expect(() => cancelled.commit(1)).toThrow('was settled by cancel() already');
    expect(held.remaining('k')).toBe(4);
  });

  it('what a clock throws in the middle of a settlement leaves it to be settled', () => {
    let broken = false;
    const now = () => (broken ? Number.NaN : 0);
    const held = new RateLimiter({ ...named, clock: { now }, backend });
    const reservation = held.reserve('k', 3);
    broken = true;
    expect(() => reservation.commit(1)).toThrow('clock.now() must answer milliseconds, got NaN');
    broken = false;
    expect(reservation.commit(1).remaining).toBe(4);
  });
}
