import { ManualClock } from '@headgate/core-ts';
import {
  BurstyRateLimiter,
  RateLimiterMemory as Peer,
  RateLimiterRes as PeerRes,
  type RateLimiterAbstract,
  RateLimiterQueue,
  RateLimiterUnion,
  RLWrapperBlackAndWhite,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';
import { describe, expect, it } from 'vitest';
import { titleWhere } from '../../../test/native.js';
import { backends } from '../../backend/backends.js';
import { RateLimiterMemory, type RateLimiterMemoryOptions, RateLimiterRes } from '../rate-limiter-flexible.js';

for (const { name: backend, available } of backends()) {
  describe.skipIf(!available)(
    titleWhere(available, `our RateLimiterMemory within the peer's own classes, on the engine ${backend}`),
    () => {
      const made = (points: number, duration: number, more: Partial<RateLimiterMemoryOptions> = {}) => {
        const clock = new ManualClock();
        return { clock, limiter: new RateLimiterMemory({ points, duration, clock, backend, ...more }) };
      };
      const outcome = (answer: Promise<unknown>) =>
        answer.then(
          () => 'ok',
          (reason: unknown) => (reason instanceof PeerRes ? 'denied' : reason),
        );

      it('is one of its limiters, and answers as they do', async () => {
        const { limiter } = made(1, 1);
        const abstract: RateLimiterAbstract = limiter;
        expect(abstract).toBeInstanceOf(Object.getPrototypeOf(Peer));
        expect(await limiter.consume('a')).toBeInstanceOf(PeerRes);
        expect(RateLimiterRes).toBe(PeerRes);
        await expect(limiter.consume('a')).rejects.toBeInstanceOf(PeerRes);
      });

      it('bursts with BurstyRateLimiter', async () => {
        const bursty = new BurstyRateLimiter(made(1, 1).limiter, made(3, 10, { keyPrefix: 'burst' }).limiter);
        const seen: unknown[] = [];
        for (let i = 0; i < 5; i++) seen.push(await outcome(bursty.consume('a')));
        expect(seen).toEqual(['ok', 'ok', 'ok', 'ok', 'denied']);
        const { get } = bursty as unknown as RateLimiterAbstract; // its own types leave it out
        expect(await get.call(bursty, 'a')).toMatchObject({ consumedPoints: 5, msBeforeNext: 1000 });
      });

      it('goes into a RateLimiterUnion', async () => {
        const union = new RateLimiterUnion(made(1, 1).limiter, made(2, 5, { keyPrefix: 'long' }).limiter);
        expect(await union.consume('a')).toMatchObject({ rlflx: { remainingPoints: 0 }, long: { remainingPoints: 1 } });
        await expect(union.consume('a')).rejects.toMatchObject({ rlflx: { remainingPoints: 0 } });
      });

      it('goes behind black and white lists', async () => {
        const { limiter } = made(1, 1);
        const listed = new RLWrapperBlackAndWhite({ limiter, blackList: ['bad'], whiteList: ['good'] });
        expect(await outcome(listed.consume('bad'))).toBe('denied');
        expect([await outcome(listed.consume('a')), await outcome(listed.consume('a'))]).toEqual(['ok', 'denied']);
        expect([await outcome(listed.consume('good')), await outcome(listed.consume('good'))]).toEqual(['ok', 'ok']);
      });

      it('goes behind a timeout, and is the insurance of one', async () => {
        const [limiter, insuranceLimiter] = [made(5, 1).limiter, made(2, 1).limiter];
        const options = { limiter, insuranceLimiter, timeoutMs: 1000, points: 0, duration: 0 };
        const guarded = new RLWrapperTimeouts({ ...options, blockDuration: 7, execEvenly: true });
        expect([insuranceLimiter.blockDuration, insuranceLimiter.execEvenly]).toEqual([7, true]);
        expect(await guarded.consume('a')).toMatchObject({ remainingPoints: 4 });
        limiter.consume = () => Promise.reject(new Error('the store is gone'));
        expect(await guarded.consume('a')).toMatchObject({ remainingPoints: 1 });
      });

      it('goes into a RateLimiterQueue', async () => {
        const queue = new RateLimiterQueue(made(2, 60).limiter);
        expect([await queue.removeTokens(1), await queue.getTokensRemaining()]).toEqual([1, 1]);
        await expect(queue.removeTokens(3)).rejects.toThrow('exceeds maximum 2');
      });

      it('spreads calls over the duration with execEvenly, by its own clock', async () => {
        for (const [more, delayMs] of [
          [{ execEvenlyMinDelayMs: 1 }, 2500],
          [{ execEvenlyMinDelayMs: 1800 }, 2500],
          [{ execEvenlyMinDelayMs: 2600 }, 5200],
          [{}, 2500],
        ] as const) {
          const { clock, limiter } = made(2, 5, { execEvenly: true, ...more });
          await limiter.consume('a');
          let answeredMs: number | undefined;
          const held = limiter.consume('a').then(({ msBeforeNext }) => {
            answeredMs = msBeforeNext;
          });
          clock.advance(delayMs - 1);
          await Promise.resolve();
          expect(answeredMs).toBeUndefined();
          clock.advance(1);
          await held;
          expect(answeredMs).toBe(Math.max(0, 5000 - delayMs));
          expect(await outcome(limiter.consume('a'))).toBe(delayMs < 5000 ? 'denied' : 'ok');
        }
      });

      it('hands its points over to another limiter by dump and restore, and to the peer', async () => {
        const { limiter } = made(2, 60, { blockDuration: 3600 });
        await limiter.consume('used');
        await outcome(limiter.consume('blocked', 3));
        await limiter.set('for ever', -1, 0);
        await limiter.consume('deleted');
        await limiter.delete('deleted');
        const dump = limiter.dump();
        expect(dump).toMatchObject({ version: 1, storage: [{ key: 'used' }, { key: 'blocked' }, { key: 'for ever' }] });
        for (const other of [made(2, 60, { keyPrefix: 'other' }).limiter, new Peer({ points: 2, duration: 60 })]) {
          expect(other.restore(dump)).toEqual({ invalid: 0, expired: 0, restored: 3 });
          expect(await other.get('used')).toMatchObject({ consumedPoints: 1, remainingPoints: 1 });
          const blocked = await other.get('blocked');
          expect(blocked?.consumedPoints).toBe(3);
          expect(blocked?.msBeforeNext).toBeGreaterThan(3_500_000);
          expect(blocked?.msBeforeNext).toBeLessThanOrEqual(3_600_000);
          expect(await other.get('for ever')).toMatchObject({ consumedPoints: -1, msBeforeNext: -1 });
          expect(await other.get('deleted')).toBeNull();
        }
      });

      it('says of a dump what the peer says, entry by entry', () => {
        const at = Date.now() + 60_000;
        const storage = [
          { key: 'a', value: 1, expiresAt: at },
          { key: 7, value: 1.5, expiresAt: null },
          { key: 'late', value: 1, expiresAt: 1 },
          { key: 'no value', value: Number.NaN, expiresAt: at },
          { key: 'no time', value: 1 },
          { value: 1, expiresAt: at },
          null,
          'none',
        ];
        for (const data of [
          { version: 1, storage },
          { version: 2, storage },
          { version: 1 },
          null,
          undefined,
          'dump',
        ]) {
          const [ours, theirs] = [made(2, 60).limiter, new Peer({ points: 2, duration: 60 })];
          const restored = (limiter: typeof ours | typeof theirs) => {
            const { restore } = limiter as { restore(data: unknown, detail?: boolean): unknown };
            return [restore.call(limiter, data), restore.call(limiter, data, true)];
          };
          expect(restored(ours)).toEqual(restored(theirs));
        }
      });

      it('dumps as many keys as it holds, however many have come', async () => {
        const { clock, limiter } = made(5, 1, { maxKeys: 50 });
        for (let i = 0; i < 5000; i++) {
          await limiter.consume(i);
          if (i % 100 === 0) clock.advance(100);
        }
        const { storage } = limiter.dump();
        expect(storage.length).toBeGreaterThan(0);
        expect(storage.length).toBeLessThanOrEqual(50);
      });

      it('takes windows and points of any size that the peer takes', async () => {
        for (const duration of [1.1 * 3600, 0.1 * 3, 0.0001, 12 * 365 * 86_400]) {
          const { clock, limiter } = made(1, duration);
          expect([await outcome(limiter.consume('a')), await outcome(limiter.consume('a'))]).toEqual(['ok', 'denied']);
          clock.advance(Math.ceil(Math.min(duration, 10 * 366 * 86_400) * 1000));
          expect(await outcome(limiter.consume('a'))).toBe('ok');
        }
        const { limiter } = made(1, 60);
        expect(await outcome(limiter.consume('b', 1e12))).toBe('denied');
        for (let i = 1; i < 200; i++)
          expect(await limiter.block(`${i}`, 60 + i / 7)).toMatchObject({ consumedPoints: 2 });
      });
    },
  );
}
