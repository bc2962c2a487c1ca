import { BackendUnavailableError, ManualClock } from '@headgate/core-ts';
import { MemoryStore } from 'express-rate-limit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { titleWhere } from '../../../test/native.js';
import { backends } from '../../backend/backends.js';
import { CountingStore } from './counting-store.js';

for (const { name: backend, available } of backends()) {
  describe.skipIf(!available)(titleWhere(available, `a counting store, on the engine ${backend}`), () => {
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
      const before = Date.now();
      const resetMs = store.increment('a').resetTime.getTime();
      expect(resetMs).toBeGreaterThanOrEqual(before + 400_000);
      expect(resetMs).toBeLessThanOrEqual(Date.now() + 400_000);
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

    it('counts for good before it is told its window, and then anew', () => {
      const { clock, store } = made();
      store.decrement('a');
      store.resetKey('a');
      store.resetAll();
      store.shutdown();
      expect(store.get('a')).toBeUndefined();
      for (const key of ['a', 'a', 'b', 'b']) store.increment(key);
      store.decrement('a');
      store.resetKey('b');
      clock.advance(365 * 86_400_000);
      expect([store.get('a')?.totalHits, store.get('b')]).toEqual([1, undefined]);
      store.init({ windowMs: 1000, limit: 2 });
      expect([store.get('a'), store.increment('a').totalHits]).toEqual([undefined, 1]);
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

    it.each(['', 7, undefined, null, Symbol('a'), {}] as unknown as string[])(
      'counts the key %o as any other',
      (key) => {
        const { store } = made();
        store.init({ windowMs: 1000, limit: 2 });
        expect([store.increment(key).totalHits, store.increment(key).totalHits]).toEqual([1, 2]);
        store.decrement(key);
        expect(store.get(key)?.totalHits).toBe(1);
        store.resetKey(key);
        expect(store.get(key)).toBeUndefined();
      },
    );

    it('protects the clients of the smallest limit that it was told', () => {
      const { store } = made(1);
      for (const limit of [5, 1, 3]) store.init({ windowMs: 1000, limit });
      store.increment('a');
      expect(store.increment('b').totalHits).toBeGreaterThan(5);
      expect(store.get('a')?.totalHits).toBe(1);
    });

    it('lets nobody off by a window that is no number', () => {
      const { clock, store } = made();
      for (const windowMs of [Number.NaN, '60000', undefined])
        expect(() => store.init({ windowMs, limit: 1 } as never)).toThrow('windowMs must be a number of milliseconds');
      store.increment('a');
      clock.advance(365 * 86_400_000);
      expect(store.increment('a').totalHits).toBe(2);
      store.init({ windowMs: 1000, limit: 1 });
      expect(() => store.init({ windowMs: Number.NaN, limit: 1 })).toThrow(TypeError);
      store.increment('a');
      clock.advance(1000);
      expect(store.get('a')).toBeUndefined();
    });

    describe('beside the memory of express-rate-limit', () => {
      // The peer reads Date.now and has a timer: it can't be handed a clock.
      beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] }));
      afterEach(() => void vi.useRealTimers());

      it('tells the same hits and the same end of the window, whatever is called', async () => {
        const key = fc.constantFrom('a', 'b');
        const call = fc.oneof(
          { weight: 5, arbitrary: fc.record({ call: fc.constantFrom('increment', 'increment', 'decrement'), key }) },
          { weight: 1, arbitrary: fc.record({ call: fc.constantFrom('resetKey', 'resetAll'), key }) },
          { weight: 3, arbitrary: fc.record({ call: fc.constantFrom(1, 400, 999, 1000, 2500), key }) },
        );
        const windows = fc.constantFrom(1000, 2500, 999.5, 1.1 * 3_600_000);
        await fc.assert(
          fc.asyncProperty(windows, fc.array(call, { maxLength: 40 }), async (windowMs, calls) => {
            const { clock, store } = made();
            const peer = new MemoryStore();
            for (const each of [store, peer] as { init(of: object): void }[]) each.init({ windowMs, limit: 3 });
            for (const { call, key } of calls) {
              if (typeof call === 'number') {
                clock.advance(call);
                vi.advanceTimersByTime(call);
              } else if (call === 'increment') {
                const [ours, theirs] = [store.increment(key), await peer.increment(key)];
                expect(ours.totalHits).toBe(theirs.totalHits);
                const longerMs = ours.resetTime.getTime() - Number(theirs.resetTime);
                expect([0, 1]).toContain(longerMs); // the peer cuts off a fraction
                if (longerMs === 1) return; // from here on the two windows end apart
              } else if (call !== 'decrement') {
                store[call](key);
                await peer[call](key);
              } else if (store.get(key) !== undefined) {
                // Of a key that is not known, the peer's window starts here.
                store.decrement(key);
                await peer.decrement(key);
              }
            }
            peer.shutdown();
          }),
        );
      });
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
  expect(() => new CountingStore({ shared: 'hits', backend: 'ts' })).toThrow(BackendUnavailableError);
  expect(() => new CountingStore(null as never)).toThrow(new TypeError('options must be an object, got null'));
});
