import { type Algorithm, createMapEngine, type EngineFactory, ManualClock, RateLimiter } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { createNativeEngine, nativeStatus } from '../../core-native/js/index.js';

const ALGORITHMS: readonly Algorithm[] = ['fixed-window', 'sliding-window', 'token-bucket'];

const { available } = nativeStatus();

describe('a limit of 0 on the TypeScript engine', () => switchedOff(createMapEngine));
describe.skipIf(!available)(
  `a limit of 0 on the native engine${available ? '' : ' (skipped: no native binary runs here)'}`,
  () => switchedOff(createNativeEngine),
);

function switchedOff(createEngine: EngineFactory): void {
  it.each(ALGORITHMS)('forgets nothing that a key has used (%s)', (algorithm) => {
    const limiter = new RateLimiter(
      { algorithm, limit: 10, windowMs: 3_600_000, clock: new ManualClock() },
      createEngine,
    );
    limiter.allow('k', 10);
    limiter.update({ limit: 0 });
    limiter.update({ limit: 10 });
    expect(limiter.remaining('k')).toBe(0);
  });

  it('keeps a debt of any size for one window from when it was noted, in snapshots too', () => {
    const clock = new ManualClock();
    const make = () => new RateLimiter({ algorithm: 'token-bucket', limit: 7, windowMs: 1000, clock }, createEngine);
    const limiter = make();
    limiter.reserve('k', 7).commit(7000);
    clock.advance(1);
    limiter.update({ limit: 0 });
    clock.advance(999);
    limiter.update({ limit: 0, windowMs: 1001 });
    expect(limiter.peek('k', 0).resetAfterMs).toBe(2);
    const next = make();
    next.update({ limit: 0, windowMs: 1001 });
    next.restore(limiter.snapshot());
    for (const held of [limiter, next]) {
      clock.advance(1);
      expect(held.peek('k', 0).resetAfterMs).toBe(held === limiter ? 1 : 0);
    }
    limiter.update({ limit: 7, windowMs: 1000 });
    expect(limiter.peek('k', 0).resetAfterMs).toBe(0);
  });

  it('has no burst; the one after it is the limit unless it is given', () => {
    const options = {
      algorithm: 'token-bucket',
      limit: 10,
      burst: 30,
      windowMs: 1000,
      clock: new ManualClock(),
    } as const;
    const limiter = new RateLimiter(options, createEngine);
    limiter.allow('k', 25);
    limiter.update({ limit: 0 });
    expect(limiter.policy).toMatchObject({ limit: 0, burst: 0 });
    limiter.update({ limit: 10, burst: 30 });
    expect(limiter.remaining('k')).toBe(5);
    limiter.update({ limit: 0 });
    limiter.update({ limit: 28 });
    expect(limiter.policy).toMatchObject({ limit: 28, burst: 28 });
    expect(limiter.remaining('k')).toBe(3);
    expect(() => limiter.update({ limit: 0, burst: 5 })).toThrow('burst must fit a limit from 1, got 5');
  });
}
