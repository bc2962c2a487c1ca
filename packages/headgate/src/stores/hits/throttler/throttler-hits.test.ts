import { ManualClock } from '@headgate/core-ts';
import { ThrottlerStorageService } from '@nestjs/throttler';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { titleWhere } from '../../../../test/native.js';
import { backends } from '../../../backend/backends.js';
import { recordOf, ThrottlerHits } from './throttler-hits.js';

/** One call of the guard, after a wait. */
interface Hit {
  readonly afterMs: number;
  readonly key: string;
  readonly throttler: string;
}

/** The numbers of a throttler, which the guard tells with each call. */
interface Numbers {
  readonly ttl: number;
  readonly limit: number;
  readonly blockMs: number;
}

for (const { name: backend, available } of backends()) {
  describe.skipIf(!available)(titleWhere(available, `hits of a throttler, on the engine ${backend}`), () => {
    // The peer reads Date.now: it can't be handed a clock.
    beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] }));
    afterEach(() => void vi.useRealTimers());

    const made = (maxKeys = 1000) => {
      const clock = new ManualClock();
      const hits = new ThrottlerHits({ clock, backend, maxKeys });
      return { clock, hits: { increment: (...args: Parameters<typeof hits.count>) => recordOf(hits.count(...args)) } };
    };
    const hit = (afterMs = 0, key = 'a', throttler = 'default'): Hit => ({ afterMs, key, throttler });

    /** What a client is told, by the guard's own storage and by ours. */
    async function compare({ ttl, limit, blockMs }: Numbers, list: readonly Hit[]): Promise<void> {
      const { clock, hits } = made();
      const peer = new ThrottlerStorageService();
      for (const each of list) {
        clock.advance(each.afterMs);
        vi.advanceTimersByTime(each.afterMs);
        const ours = hits.increment(each.key, ttl, limit, blockMs, each.throttler);
        const theirs = await peer.increment(each.key, ttl, limit, blockMs, each.throttler);
        const { isBlocked, totalHits, timeToBlockExpire } = theirs;
        expect([each, ours]).toMatchObject([
          each,
          { isBlocked, ...(isBlocked ? { timeToBlockExpire } : { totalHits, timeToBlockExpire: 0 }) },
        ]);
      }
      peer.onApplicationShutdown();
    }

    const table: readonly (readonly [rule: string, numbers: Numbers, list: readonly Hit[]])[] = [
      [
        'blocks from the first denial on, and not again when the block is over',
        { ttl: 60_000, limit: 2, blockMs: 60_000 },
        [hit(), hit(), hit(), hit(59_999), hit(1), hit(6000), hit(24_000), hit(29_999)],
      ],
      [
        'starts at 0 after a block that is shorter than the ttl',
        { ttl: 60_000, limit: 2, blockMs: 1000 },
        [hit(), hit(), hit(), hit(999), hit(1), hit(), hit(), hit(1000)],
      ],
      [
        'starts at 0 after a block that is longer than the ttl',
        { ttl: 1000, limit: 1, blockMs: 30_000 },
        [hit(), hit(), hit(1000), hit(28_999), hit(1), hit()],
      ],
      ['blocks at once where nothing is let through', { ttl: 1000, limit: 0, blockMs: 5000 }, [hit(), hit(4999)]],
      [
        'counts nothing that is denied where there is no block',
        { ttl: 1000, limit: 2, blockMs: 0 },
        [hit(), hit(), hit(), hit(), hit(1000), hit(), hit()],
      ],
      [
        'counts keys and throttlers apart',
        { ttl: 1000, limit: 1, blockMs: 0 },
        [hit(), hit(0, 'b'), hit(0, 'a', 'long'), hit(), hit(0, 'b'), hit(0, 'a', 'long')],
      ],
      [
        'blocks a key for all its throttlers',
        { ttl: 1000, limit: 1, blockMs: 5000 },
        [hit(), hit(0, 'a', 'long'), hit(), hit(0, 'a', 'long'), hit(0, 'b', 'long')],
      ],
    ];
    for (const [rule, numbers, list] of table)
      it(`${rule}, as the guard's own storage does`, () => compare(numbers, list));

    it('answers as the storage of the guard does, where all hits of a window come at once', async () => {
      const ttl = fc.constantFrom(1000, 2500);
      // With a limit of 0 the peer lets one hit through after each block.
      const numbers = fc.record({ ttl, limit: fc.integer({ min: 1, max: 3 }), blockMs: fc.constantFrom(0, 400, 2500) });
      const bursts = fc.array(fc.tuple(fc.constantFrom(2500, 5000), fc.integer({ min: 1, max: 6 })), { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(numbers, bursts, (each, list) =>
          compare(
            each,
            list.flatMap(([afterMs, count]) => Array.from({ length: count }, (_, i) => hit(i === 0 ? afterMs : 0))),
          ),
        ),
      );
    });

    it('tells what is left of the window while it blocks, in whole seconds', () => {
      const { clock, hits } = made();
      const ask = () => hits.increment('a', 60_000, 1, 5000, 'default');
      ask();
      clock.advance(20_500);
      expect([ask(), ask()]).toEqual([
        { totalHits: 2, timeToExpire: 40, isBlocked: true, timeToBlockExpire: 5 },
        { totalHits: 2, timeToExpire: 40, isBlocked: true, timeToBlockExpire: 5 },
      ]);
    });

    it('lets nothing through after a block either, where the limit is 0', () => {
      const { clock, hits } = made();
      const ask = () => hits.increment('a', 1000, 0, 5000, 'default').isBlocked;
      expect(ask()).toBe(true);
      clock.advance(5000);
      expect(ask()).toBe(true);
    });

    it('never takes a smaller limit for the end of a block', () => {
      const { hits } = made();
      const ask = (limit: number) => hits.increment('a', 60_000, limit, 5000, 'default').isBlocked;
      expect([ask(3), ask(3), ask(3), ask(2), ask(3)]).toEqual([false, false, false, true, true]);
    });

    it('forgets none that is blocked or at the smallest limit to make room, and denies who comes then', () => {
      const { clock, hits } = made(1);
      const ask = (key: string, limit = 1) => hits.increment(key, 60_000, limit, 60_000, 'default').isBlocked;
      expect([ask('a', 5), ask('a'), ask('b'), ask('b'), ask('a')]).toEqual([false, true, true, true, true]);
      clock.advance(120_000);
      expect([ask('b'), ask('a')]).toEqual([false, true]);
    });

    it('goes on to deny within the ttl where it can hold no more blocks', () => {
      const { clock, hits } = made(1);
      const ask = (key: string, ttl: number) => hits.increment(key, ttl, 1, 60_000, 'default').isBlocked;
      expect([ask('a', 1000), ask('a', 1000)]).toEqual([false, true]);
      expect([ask('b', 2000), ask('b', 2000), ask('b', 2000), ask('b', 2000)]).toEqual([false, true, true, true]);
      clock.advance(2000);
      expect([ask('b', 2000), ask('a', 1000)]).toEqual([false, true]);
    });

    it.each(['', 7, undefined, null] as unknown as string[])('counts and blocks the key %o as any other', (key) => {
      const { hits } = made();
      const ask = () => hits.increment(key, 1000, 1, 5000, 'default').isBlocked;
      expect([ask(), ask(), ask()]).toEqual([false, true, true]);
    });

    it('takes keys of any form apart, whatever the throttler is called', () => {
      const { hits } = made();
      const ask = (key: string, throttler: string) => hits.increment(key, 1000, 1, 0, throttler).isBlocked;
      expect([ask('b c', 'a'), ask('c', 'a b'), ask('', 'a b c'), ask('c', 'a b')]).toEqual([
        false,
        false,
        false,
        true,
      ]);
    });
  });
}
