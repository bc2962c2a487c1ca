import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock, RateLimiter } from '../index.js';
import { fold } from '../memory/fold.js';
import { MOST_TOP_KEYS, TopKeys } from './top-keys.js';

describe('the keys that are denied most', () => {
  it('are counted exactly while there is room for all', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }).map(String)), (denials) => {
        const top = new TopKeys();
        for (const key of denials) top.add(key);
        for (const { key, denied, overcount } of top.most(MOST_TOP_KEYS)) {
          expect([denied, overcount]).toEqual([denials.filter((each) => each === key).length, 0]);
        }
        expect(top.most(MOST_TOP_KEYS)).toHaveLength(new Set(denials).size);
      }),
    );
  });

  it('are all those with more than their share, and bounded, however many others there are', () => {
    const seeds = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 9 })), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(seeds, (plan) => {
        const top = new TopKeys();
        const counts = new Map<string, number>();
        let total = 0;
        const add = (key: string) => {
          top.add(key);
          counts.set(key, (counts.get(key) ?? 0) + 1);
          total++;
        };
        for (const [times, key] of plan) {
          for (let i = 0; i < 120; i++) add(`passer-by ${total}`);
          for (let i = 0; i < times; i++) add(`regular ${key}`);
        }
        const rows = top.most(MOST_TOP_KEYS);
        expect(rows.length).toBeLessThanOrEqual(MOST_TOP_KEYS);
        const listed = new Set(rows.map(({ key }) => key));
        for (const [key, count] of counts) if (count > total / MOST_TOP_KEYS) expect(listed).toContain(key);
        for (const { key, denied, overcount } of rows) {
          const count = counts.get(key) ?? 0;
          expect(denied >= count && denied - overcount <= count, `${key}: ${denied} - ${overcount}`).toBe(true);
        }
        expect(rows.map(({ denied }) => denied)).toEqual(rows.map(({ denied }) => denied).sort((a, b) => b - a));
      }),
      { numRuns: 30 },
    );
  });

  it('are counted by every call that denies', () => {
    const limiter = new RateLimiter({ limit: 1, windowMs: 1000, clock: new ManualClock(), track: true });
    limiter.allow('a');
    limiter.allow('a');
    limiter.check('a');
    limiter.allowMany(['a', 'b', 'b']);
    limiter.reserve('b');
    limiter.peek('a');
    expect(limiter.topKeys(1)).toEqual([{ key: 'a', denied: 3, overcount: 0 }]);
    expect(limiter.topKeys()).toEqual([
      { key: 'a', denied: 3, overcount: 0 },
      { key: 'b', denied: 2, overcount: 0 },
    ]);
  });

  it('are shown cut where they are long, each as another, so that they take little', () => {
    const limiter = new RateLimiter({ limit: 0, windowMs: 1000, clock: new ManualClock(), track: true });
    const [long, other] = ['k'.repeat(16_000), `${'k'.repeat(15_999)}l`];
    for (const key of [long, long, long, other, other, 'k'.repeat(64)]) limiter.allow(key);
    const [first, second, third] = limiter.topKeys().map(({ key, denied }) => ({ key, denied }));
    expect(first).toEqual({ key: `${'k'.repeat(64)}… ${fold(long)}`, denied: 3 });
    expect(second).toEqual({ key: `${'k'.repeat(64)}… ${fold(other)}`, denied: 2 });
    expect(third).toEqual({ key: 'k'.repeat(64), denied: 1 });
    limiter.allow(first?.key as string);
    expect(limiter.topKeys()).toHaveLength(4);
  });

  it('have to be asked for', () => {
    const limiter = new RateLimiter({ limit: 1, windowMs: 1000 });
    expect(() => limiter.topKeys()).toThrow('topKeys needs a limiter that is made with track: true');
    expect(() => limiter.topKeys(0)).toThrow('n must be a whole number from 1 to 1024, got 0');
  });
});
