import { describe, expect, it } from 'vitest';
import { ManualClock, RateLimiter } from '../index.js';

const make = () => new RateLimiter({ limit: 10, windowMs: 1000, clock: new ManualClock() });

describe('a reservation', () => {
  it('takes the estimate now, and what was used in the end', () => {
    const limiter = make();
    const reservation = limiter.reserve('a', 6);
    expect(reservation).toMatchObject({ key: 'a', estimate: 6, settled: false, decision: { remaining: 4 } });
    expect(reservation.commit(2)).toMatchObject({ allowed: true, remaining: 8 });
    expect(reservation.settled).toBe(true);
    expect(limiter.reserve('a', 1).commit(12)).toMatchObject({ allowed: true, remaining: 0, retryAfterMs: 0 });
    expect(limiter.stats()).toMatchObject({ allowed: 2, blocked: 0 });
  });

  it('is settled once', () => {
    const limiter = make();
    const [committed, cancelled] = [limiter.reserve('a', 3), limiter.reserve('a', 3)];
    committed.commit(1);
    cancelled.cancel();
    const again = 'the reservation of 3 by "a" was settled by';
    expect(() => committed.commit(2)).toThrow(`commit(2): ${again} commit(1) already`);
    expect(() => committed.cancel()).toThrow(`cancel(): ${again} commit(1) already`);
    expect(() => cancelled.commit(0)).toThrow(`commit(0): ${again} cancel() already`);
    expect(limiter.remaining('a')).toBe(9);
  });

  it('that was denied took nothing to commit', () => {
    const limiter = make();
    const denied = limiter.reserve('a', 11);
    expect(denied.decision).toMatchObject({ allowed: false, retryAfterMs: Number.POSITIVE_INFINITY });
    expect(() => denied.commit(5)).toThrow('commit(5): the reservation of 11 by "a" was denied, so it took nothing');
    expect(denied.cancel()).toMatchObject({ remaining: 10 });
    expect(() => denied.cancel()).toThrow('settled by cancel() already');
  });

  it('is cancelled where its block ends without a commit', () => {
    const limiter = make();
    {
      using held = limiter.reserve('a', 4);
      expect([held.settled, limiter.remaining('a')]).toEqual([false, 6]);
    }
    {
      using held = limiter.reserve('b', 4);
      held.commit(1);
    }
    {
      using denied = limiter.reserve('c', 11);
      expect(denied.decision.allowed).toBe(false);
    }
    expect(['a', 'b', 'c'].map((key) => limiter.remaining(key))).toEqual([10, 9, 10]);
  });

  it.each([
    [-1, RangeError, 'actual must be a whole number from 0 to 9007199254740991, got -1'],
    [0.5, RangeError, 'got 0.5'],
    [2 ** 53, RangeError, 'got 9007199254740992'],
    ['1', TypeError, 'got "1"'],
    [undefined, TypeError, 'got undefined'],
  ])('does not commit %s', (actual, type, message) => {
    const reservation = make().reserve('a', 5);
    expect(() => reservation.commit(actual as number)).toThrow(type);
    expect(() => reservation.commit(actual as number)).toThrow(message);
    expect(reservation.settled).toBe(false);
    expect(reservation.commit(1)).toMatchObject({ remaining: 9 });
  });
});
