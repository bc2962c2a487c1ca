import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { titleWhere } from '../../../test/native.js';
import { backends } from '../../backend/backends.js';
import { Hits, MOST_HITS } from './hits.js';

const DAY_MS = 86_400_000;

for (const { name: backend, available } of backends()) {
  describe.skipIf(!available)(titleWhere(available, `hits, on the engine ${backend}`), () => {
    const made = (limit?: unknown, maxKeys?: number) => {
      const clock = new ManualClock();
      return { clock, hits: new Hits({ clock, backend, maxKeys }, 1000, limit) };
    };

    it('counts each hit exactly, also above the limit, in a window from the first', () => {
      const { clock, hits } = made(2);
      expect([hits.add('a'), hits.add('a'), hits.add('a', 3)].map((count) => count.hits)).toEqual([1, 2, 5]);
      clock.advance(400);
      expect(hits.add('a')).toEqual({ hits: 6, resetAfterMs: 600 });
      clock.advance(599);
      expect(hits.read('a')).toEqual({ hits: 6, resetAfterMs: 1 });
      clock.advance(1);
      expect([hits.read('a'), hits.add('a')]).toEqual([undefined, { hits: 1, resetAfterMs: 1000 }]);
    });

    it('gives back to the window that runs, also below none, and never to the next', () => {
      const { clock, hits } = made(1);
      hits.add('a', 2);
      expect([hits.giveBack('a'), hits.giveBack('a', 4)]).toEqual([
        { hits: 1, resetAfterMs: 1000 },
        { hits: -3, resetAfterMs: 1000 },
      ]);
      clock.advance(1000);
      expect([hits.giveBack('a'), hits.read('a'), hits.add('a').hits]).toEqual([undefined, undefined, 1]);
      expect([hits.giveBack('unknown'), hits.read('unknown')]).toEqual([undefined, undefined]);
    });

    it('says that a key is over any limit where it can count no more, and gives nothing back then', () => {
      const { hits } = made(MOST_HITS);
      expect(hits.add('a', MOST_HITS).hits).toBe(MOST_HITS);
      expect(hits.add('a').hits).toBe(Number.MAX_SAFE_INTEGER);
      expect([hits.giveBack('a'), hits.read('a')?.hits]).toEqual([undefined, Number.MAX_SAFE_INTEGER]);
    });

    it('gives back no more than it can tell from hits', () => {
      const { hits } = made();
      hits.add('a', MOST_HITS - 1);
      expect(hits.giveBack('a', 2 ** 26 - 1)?.hits).toBe(2 ** 26 - 1);
      expect([hits.giveBack('a'), hits.read('a')?.hits]).toEqual([undefined, 2 ** 26 - 1]);
    });

    it('evicts who is below the limit, never who is at it, and then counts nobody new', () => {
      const { clock, hits } = made(2, 2);
      hits.add('over', 3);
      for (const key of ['a', 'b', 'c']) expect(hits.add(key).hits).toBe(1);
      expect(['over', 'a', 'b', 'c'].map((key) => hits.read(key)?.hits)).toEqual([3, undefined, undefined, 1]);
      hits.add('c');
      const { hits: counted, resetAfterMs } = hits.add('d');
      expect([counted, hits.read('d')]).toEqual([Number.MAX_SAFE_INTEGER, undefined]);
      clock.advance(resetAfterMs);
      expect(hits.add('d').hits).toBe(1);
    });

    it('gives nothing back to the next window where the window ends while it does', () => {
      let [nowMs, stepMs] = [0, 0];
      const clock = { now: () => (nowMs += stepMs) };
      const hits = new Hits({ clock, backend }, 1000, 1);
      hits.add('a', 3);
      nowMs = 998;
      stepMs = 1;
      expect(hits.giveBack('a')).toBeUndefined();
      stepMs = 0;
      expect(hits.read('a')).toBeUndefined();
    });

    it('protects by a new limit from the next hit on', () => {
      const { hits } = made(5, 1);
      hits.add('a', 2);
      hits.protectFrom(2);
      expect([hits.add('b').hits, hits.read('a')?.hits]).toEqual([Number.MAX_SAFE_INTEGER, 2]);
      const unprotected = made(() => 5, 1).hits;
      unprotected.add('a', 2);
      unprotected.protectFrom(2);
      expect([unprotected.add('b').hits, unprotected.read('a')]).toEqual([1, undefined]);
    });

    it('evicts who comes first to its end, where the limit is not known', () => {
      const { hits } = made(() => 1, 2);
      for (const key of ['a', 'b', 'c']) hits.add(key, 3);
      expect(['a', 'b', 'c'].map((key) => hits.read(key)?.hits)).toEqual([undefined, 3, 3]);
    });

    it('forgets one key, or all', () => {
      const { hits } = made();
      hits.add('a');
      hits.add('b');
      expect([hits.forget('a'), hits.forget('a'), hits.read('a'), hits.isEmpty()]).toEqual([
        true,
        false,
        undefined,
        false,
      ]);
      hits.clear();
      expect([hits.read('b'), hits.isEmpty()]).toEqual([undefined, true]);
    });

    it('counts in windows of a millisecond and of ten years', () => {
      const clock = new ManualClock();
      for (const windowMs of [1, 3_653 * DAY_MS]) {
        const hits = new Hits({ clock, backend }, windowMs, 1);
        expect([hits.add('a').resetAfterMs, hits.add('a').hits]).toEqual([windowMs, 2]);
      }
      expect(() => new Hits({ backend }, 0.5, 1)).toThrow(/windowMs must be a whole number from 1/);
    });

    it('agrees with a plain count in a map, whatever is called', () => {
      const call = fc.oneof(
        fc.record({
          do: fc.constant('add' as const),
          key: fc.constantFrom('a', 'b'),
          n: fc.integer({ min: 1, max: 4 }),
        }),
        fc.record({
          do: fc.constant('giveBack' as const),
          key: fc.constantFrom('a', 'b'),
          n: fc.integer({ min: 1, max: 4 }),
        }),
        fc.record({ do: fc.constant('wait' as const), key: fc.constant(''), n: fc.integer({ min: 1, max: 700 }) }),
      );
      fc.assert(
        fc.property(fc.array(call, { maxLength: 40 }), fc.constantFrom(undefined, 0, 3), (calls, limit) => {
          const { clock, hits } = made(limit);
          const model = new Map<string, { hits: number; untilMs: number }>();
          for (const { do: what, key, n } of calls) {
            const held = model.get(key);
            const live = held !== undefined && held.untilMs > clock.now() ? held : undefined;
            if (what === 'wait') clock.advance(n);
            else if (what === 'giveBack') {
              if (live !== undefined) live.hits -= n;
              hits.giveBack(key, n);
            } else {
              model.set(key, { hits: (live?.hits ?? 0) + n, untilMs: live?.untilMs ?? clock.now() + 1000 });
              hits.add(key, n);
            }
            for (const [each, { hits: expected, untilMs }] of model) {
              const resetAfterMs = untilMs - clock.now();
              expect(hits.read(each)).toEqual(resetAfterMs > 0 ? { hits: expected, resetAfterMs } : undefined);
            }
          }
        }),
      );
    });
  });
}
