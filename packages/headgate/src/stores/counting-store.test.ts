import { ManualClock } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { CountingStore } from './counting-store.js';

describe('a counting store', () => {
  it('never counts below none, and never back into a window that is over', () => {
    const clock = new ManualClock();
    const store = new CountingStore({ clock });
    store.init({ windowMs: 1000, limit: 2 });
    store.decrement('a');
    store.increment('a');
    store.decrement('a');
    store.decrement('a');
    expect([store.get('a')?.totalHits, store.increment('a').totalHits]).toEqual([0, 1]);
    clock.advance(1000);
    store.decrement('a');
    expect([store.get('a'), store.increment('a').totalHits]).toEqual([undefined, 1]);
  });

  it('tells when the window ends as a date', () => {
    const clock = new ManualClock();
    const store = new CountingStore({ clock });
    store.init({ windowMs: 1_000_000, limit: 2 });
    store.increment('a');
    clock.advance(600_000);
    const before = Date.now();
    const resetMs = store.increment('a').resetTime.getTime();
    expect(resetMs).toBeGreaterThanOrEqual(before + 400_000);
    expect(resetMs).toBeLessThanOrEqual(Date.now() + 400_000);
  });

  it('forgets one key, or all', () => {
    const store = new CountingStore();
    store.init({ windowMs: 60_000, limit: 2 });
    for (const key of ['a', 'b', 'c']) store.increment(key);
    store.resetKey('a');
    expect([store.get('a'), store.get('b')?.totalHits]).toEqual([undefined, 1]);
    store.resetAll();
    expect(store.get('b')).toBeUndefined();
    store.increment('c');
    store.shutdown();
    expect(store.get('c')).toBeUndefined();
  });

  it('counts for one middleware, and for none before it is told its window', () => {
    const store = new CountingStore();
    store.shutdown();
    expect(() => store.increment('a')).toThrow('has not called init()');
    store.init({ windowMs: 60_000, limit: 2 });
    expect(() => store.init({ windowMs: 1000, limit: 2 })).toThrow('make one for each');
  });

  it('refuses what is no option, or a bad one, when it is made', () => {
    expect(() => new CountingStore({ maxkeys: 5 } as never)).toThrow(
      new TypeError('unknown option "maxkeys", with the value 5: did you mean maxKeys?'),
    );
    expect(() => new CountingStore({ maxKeys: 0 })).toThrow(RangeError);
    expect(() => new CountingStore({ clock: {} as never })).toThrow(TypeError);
    expect(() => new CountingStore({ backend: 'rust' as never })).toThrow(RangeError);
    expect(() => new CountingStore({ shared: '' })).toThrow(RangeError);
    expect(() => new CountingStore(null as never)).toThrow(new TypeError('options must be an object, got null'));
    expect(() => new CountingStore().init({ windowMs: 0, limit: 1 })).toThrow(RangeError);
  });

  it('lets nobody through because it is full of clients that are over their limits', () => {
    const store = new CountingStore({ maxKeys: 1, clock: new ManualClock() });
    store.init({ windowMs: 1000, limit: 1 });
    store.increment('a');
    expect(store.increment('b').totalHits).toBeGreaterThan(1);
  });
});
