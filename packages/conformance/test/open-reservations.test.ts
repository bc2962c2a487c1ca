import { type Algorithm, createMapEngine, type EngineFactory, ManualClock, RateLimiter } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { createNativeEngine, nativeStatus } from '../../core-native/js/index.js';

const MOST_OF_KEY = 1024;
const MOST = 64 * MOST_OF_KEY;
const ALGORITHMS: readonly Algorithm[] = ['fixed-window', 'sliding-window', 'token-bucket'];

const { available } = nativeStatus();
const why = available ? '' : ' (skipped: no native binary runs here)';

describe('open reservations of the TypeScript engine', () => bounded(createMapEngine));
describe.skipIf(!available)(`open reservations of the native engine${why}`, () => bounded(createNativeEngine));

it.skipIf(!available)(`open reservations of a limiter that threads share are 65,536 at the most as well${why}`, () => {
  const limiter = new RateLimiter({ limit: 10_000, windowSeconds: 3600, shared: 'open' }, createNativeEngine);
  const keys = Array.from({ length: 2 * (MOST / MOST_OF_KEY) }, (_, i) => `key ${i}`);
  const reservations = keys.flatMap((key) => Array.from({ length: MOST_OF_KEY }, () => limiter.reserve(key)));
  for (const reservation of reservations) reservation.cancel();
  const given = keys.reduce((sum, key) => sum + limiter.remaining(key) - (10_000 - MOST_OF_KEY), 0);
  expect(given).toBeLessThanOrEqual(MOST);
  expect(limiter.remaining(keys.at(-1) as string)).toBe(10_000);
});

function bounded(createEngine: EngineFactory): void {
  function make(algorithm: Algorithm, limit = 10_000) {
    const clock = new ManualClock();
    return new RateLimiter({ algorithm, limit, windowMs: 1000, clock }, createEngine);
  }

  function open(limiter: RateLimiter, key: string, count: number) {
    return Array.from({ length: count }, () => limiter.reserve(key));
  }

  it.each(ALGORITHMS)('are 1,024 of one key: the oldest fall out and count as used (%s)', (algorithm) => {
    const limiter = make(algorithm);
    const reservations = open(limiter, 'a', MOST_OF_KEY + 2);
    open(limiter, 'b', 1)[0]?.cancel();
    for (const reservation of reservations) reservation.cancel();
    expect(limiter.remaining('a')).toBe(10_000 - 2);
  });

  it.each(ALGORITHMS)(
    'that fell out take what was used beyond the estimate, and are settled once (%s)',
    (algorithm) => {
      const limiter = make(algorithm);
      const [first] = open(limiter, 'a', MOST_OF_KEY + 1);
      expect(first?.commit(11).remaining).toBe(10_000 - MOST_OF_KEY - 1 - 10);
      expect(() => first?.cancel()).toThrow('was settled by commit(11) already');
    },
  );

  it('leave a place when they are settled', () => {
    const limiter = make('sliding-window');
    const [first, second, ...others] = open(limiter, 'a', MOST_OF_KEY);
    second?.cancel();
    const later = open(limiter, 'a', 1);
    for (const reservation of [first, ...others, ...later]) reservation?.cancel();
    expect(limiter.remaining('a')).toBe(10_000);
  });

  it.each(ALGORITHMS)('are 65,536 of one limiter: the oldest of all keys fall out (%s)', (algorithm) => {
    const limiter = make(algorithm);
    const keys = Array.from({ length: MOST / MOST_OF_KEY }, (_, i) => `key ${i}`);
    const byKey = new Map(keys.map((key) => [key, open(limiter, key, MOST_OF_KEY)]));
    limiter.update({ limit: 20_000 }); // they stay open, though a token bucket gives nothing back of them
    const late = open(limiter, 'late', 3);
    for (const reservation of [...(byKey.get('key 0') ?? []), ...(byKey.get('key 1') ?? []), ...late])
      reservation.cancel();
    const kept = algorithm === 'token-bucket' ? MOST_OF_KEY : 0;
    expect(limiter.remaining('key 0')).toBe(20_000 - (kept === 0 ? 3 : kept));
    expect(limiter.remaining('key 1')).toBe(20_000 - kept);
    expect(limiter.remaining('late')).toBe(20_000);
  });

  it('of a key that is forgotten leave their places', () => {
    const limiter = make('token-bucket');
    const keys = Array.from({ length: MOST / MOST_OF_KEY }, (_, i) => `key ${i}`);
    const [, second] = keys.map((key) => open(limiter, key, MOST_OF_KEY));
    limiter.reset('key 0');
    open(limiter, 'late', MOST_OF_KEY);
    for (const reservation of second ?? []) reservation.cancel();
    expect(limiter.remaining('key 1')).toBe(10_000);
    limiter.clear();
    const [first] = keys.map((key) => open(limiter, key, MOST_OF_KEY));
    for (const reservation of first ?? []) reservation.cancel();
    expect(limiter.remaining('key 0')).toBe(10_000);
    limiter.restore(limiter.snapshot());
    const [again] = keys.map((key) => open(limiter, key, MOST_OF_KEY));
    for (const reservation of again ?? []) reservation.cancel();
    expect(limiter.remaining('key 0')).toBe(10_000);
  });
}
