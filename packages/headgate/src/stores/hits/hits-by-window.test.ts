import { MAX_WINDOW_MS, ManualClock } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { titleWhere } from '../../../test/native.js';
import { backends } from '../../backend/backends.js';
import { HitsByWindow } from './hits-by-window.js';

for (const { name: backend, available } of backends()) {
  describe.skipIf(!available)(titleWhere(available, `hits by window, on the engine ${backend}`), () => {
    const made = (limit: unknown = 2, maxKeys = 1000) => {
      const clock = new ManualClock();
      return { clock, windows: new HitsByWindow({ clock, backend, maxKeys }, limit) };
    };

    it('takes hits along where the length changes, and starts anew', () => {
      const { clock, windows } = made();
      windows.add('a', 1000);
      clock.advance(600);
      expect(windows.add('a', 2000)).toEqual({ hits: 2, resetAfterMs: 2000 });
      clock.advance(1000);
      expect(windows.homeOr('a', 1000).add('a')).toEqual({ hits: 3, resetAfterMs: 1000 });
      expect(windows.homeOr('b', 1000).add('b')).toEqual({ hits: 1, resetAfterMs: 1000 });
    });

    it('starts a window now, of any length, with the hits that it is given', () => {
      const { clock, windows } = made();
      windows.add('a', 1000);
      clock.advance(900);
      expect(windows.restart('a', 1000, 4)).toEqual({ hits: 4, resetAfterMs: 1000 });
      expect(windows.restart('a', 5000, 7)).toEqual({ hits: 7, resetAfterMs: 5000 });
      clock.advance(5000);
      expect(windows.homeOf('a')).toBeUndefined();
    });

    it('keeps the hits of a key where there is no room in windows of another length', () => {
      const { windows } = made(1, 1);
      windows.add('other', 2000);
      windows.add('a', 1000);
      expect(windows.add('a', 2000)).toEqual({ hits: 2, resetAfterMs: 1000 });
      expect(windows.restart('a', 2000, 9)).toEqual({ hits: 2, resetAfterMs: 1000 });
      expect(windows.homeOf('other')?.read('other')?.hits).toBe(1);
      expect(windows.restart('new', 2000, 9).hits).toBe(Number.MAX_SAFE_INTEGER);
    });

    it('keeps 64 lengths to the millisecond, and others no shorter and a quarter longer at the most', () => {
      const { clock, windows } = made();
      for (let i = 0; i < 64; i++) expect(windows.add(`exact ${i}`, 60_000 + i).resetAfterMs).toBe(60_000 + i);
      for (let windowMs = 1; windowMs < MAX_WINDOW_MS; windowMs = windowMs * 1.7 + 1) {
        const { resetAfterMs } = windows.add(`rounded ${windowMs}`, windowMs);
        expect(resetAfterMs).toBeGreaterThanOrEqual(windowMs);
        expect(resetAfterMs).toBeLessThanOrEqual(Math.ceil(windowMs) * 1.25 + 1);
      }
      expect(windows.add('for ever', MAX_WINDOW_MS).resetAfterMs).toBe(MAX_WINDOW_MS);
      clock.advance(MAX_WINDOW_MS);
      expect(windows.add('a', 70_007).resetAfterMs).toBe(70_007);
    });

    it('counts under one length where two are rounded to it', () => {
      const { windows } = made();
      for (let i = 0; i < 64; i++) windows.add(`exact ${i}`, 60_000 + i);
      windows.add('a', 70_001);
      expect(windows.add('a', 70_002)).toEqual({ hits: 2, resetAfterMs: 81_920 });
    });

    it('protects by a new limit in windows of each length', () => {
      const { windows } = made(5, 1);
      windows.add('a', 1000);
      windows.add('b', 2000);
      windows.protectFrom(1);
      for (const windowMs of [1000, 2000, 3000]) windows.add('c', windowMs);
      windows.add('d', 3000);
      expect(['a', 'b', 'c', 'd'].map((key) => windows.homeOf(key)?.windowMs)).toEqual([1000, 2000, 3000, undefined]);
    });

    it('forgets all keys, of each length', () => {
      const { windows } = made();
      windows.add('a', 1000);
      windows.add('b', 2000);
      windows.clear();
      expect([windows.homeOf('a'), windows.homeOf('b')]).toEqual([undefined, undefined]);
    });
  });
}
