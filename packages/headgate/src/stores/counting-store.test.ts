import { ManualClock } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { backends } from '../backends.js';
import { CountingStore } from './counting-store.js';

for (const { name: backend, available } of backends()) {
  describe.skipIf(!available)(`a counting store, on the engine ${backend}`, () => {
    const made = (maxKeys = 1000) => {
      const clock = new ManualClock();
      return { clock, store: new CountingStore({ clock, backend, maxKeys }) };
    };

    it('never counts below none, and never back into a window that is over', () => {
      const { clock, store } = made();
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
      const { clock, store } = made();
      store.init({ windowMs: 1_000_000, limit: 2 });
      store.increment('a');
      clock.advance(600_000);
      const leftMs = store.increment('a').resetTime.getTime() - Date.now();
      expect(leftMs).toBeLessThanOrEqual(400_000);
      expect(leftMs).toBeGreaterThan(390_000);
    });

    it('forgets one key, or all', () => {
      const { store } = made();
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

    it('knows nothing and counts nothing before it is told its window', () => {
      const { store } = made();
      store.decrement('a');
      store.resetKey('a');
      store.resetAll();
      store.shutdown();
      expect(store.get('a')).toBeUndefined();
      expect(() => store.increment('a')).toThrow('has not called init()');
    });

    it('goes by the window that it was told last, in the windows that start from then on', () => {
      const { clock, store } = made();
      store.init({ windowMs: 60_000, limit: 2 });
      store.increment('a');
      store.init({ windowMs: 1000, limit: 2 });
      expect([store.increment('a').totalHits, store.increment('b').totalHits]).toEqual([2, 1]);
      store.decrement('b');
      expect(store.increment('b').totalHits).toBe(1);
      clock.advance(1000);
      expect([store.get('a')?.totalHits, store.get('b')]).toEqual([2, undefined]);
      store.resetKey('a');
      store.increment('a');
      clock.advance(1000);
      expect(store.get('a')).toBeUndefined();
    });

    it('protects the clients of the smallest limit that it was told', () => {
      const { store } = made(1);
      for (const limit of [5, 1, 3]) store.init({ windowMs: 1000, limit });
      store.increment('a');
      expect(store.increment('b').totalHits).toBeGreaterThan(5);
      expect(store.get('a')?.totalHits).toBe(1);
    });

    it('keeps what it was told before where a window is no number', () => {
      const { store } = made();
      for (const windowMs of [Number.NaN, '60000', undefined])
        expect(() => store.init({ windowMs, limit: 1 } as never)).toThrow('windowMs must be a number of milliseconds');
      expect(() => store.increment('a')).toThrow('has not called init()');
      store.init({ windowMs: 1000, limit: 1 });
      expect(() => store.init({ windowMs: Number.NaN, limit: 1 })).toThrow(TypeError);
      expect(store.increment('a').totalHits).toBe(1);
    });

    it('lets nobody through because it is full of clients that are over their limits', () => {
      const { store } = made(1);
      store.init({ windowMs: 1000, limit: 1 });
      store.increment('a');
      expect(store.increment('b').totalHits).toBeGreaterThan(1);
    });
  });
}

it('a counting store refuses what is no option, or a bad one, when it is made', () => {
  expect(() => new CountingStore({ maxkeys: 5 } as never)).toThrow(
    new TypeError('unknown option "maxkeys", with the value 5: did you mean maxKeys?'),
  );
  expect(() => new CountingStore({ maxKeys: 0 })).toThrow(RangeError);
  expect(() => new CountingStore({ clock: {} as never })).toThrow(TypeError);
  expect(() => new CountingStore({ backend: 'rust' as never })).toThrow(RangeError);
  expect(() => new CountingStore({ shared: '' })).toThrow(RangeError);
  expect(() => new CountingStore(null as never)).toThrow(new TypeError('options must be an object, got null'));
});
