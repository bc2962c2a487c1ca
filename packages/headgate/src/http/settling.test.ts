import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, decideNow, gateOf } from '../../test/http/asked.js';
import { RateLimiter } from '../index.js';
import { engineErrors } from './channels.js';
import type { HttpLimiter, HttpOptions } from './options/options.js';

function gateWith(options: Partial<HttpOptions<Asked>>) {
  const limiter = new RateLimiter({ limit: 5, windowSeconds: 60 });
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  return { limiter, warnings, gate: gateOf({ limiter, key: () => 'k', cost: 2, warn, ...options }) };
}

/** What is left after one request that ended so. */
function leftAfter(options: Partial<HttpOptions<Asked>>, status: number, aborted: boolean): number {
  const { limiter, gate } = gateWith(options);
  decideNow(gate).settle?.(status, aborted);
  return limiter.remaining('k');
}

describe('settling', () => {
  it('gives back by status, never to a client that went away, and only where countIf agrees that it does not count', () => {
    const options = fc.record({ skipFailedRequests: fc.boolean(), skipSuccessfulRequests: fc.boolean() });
    const counted = fc.constantFrom(undefined, true, false);
    fc.assert(
      fc.property(
        options,
        counted,
        fc.integer({ min: 100, max: 599 }),
        fc.boolean(),
        (skips, answer, status, aborted) => {
          const countIf = answer === undefined ? {} : { countIf: () => answer };
          const skipped = !aborted && (status >= 400 ? skips.skipFailedRequests : skips.skipSuccessfulRequests);
          expect(leftAfter({ ...skips, ...countIf }, status, aborted)).toBe(skipped || answer === false ? 5 : 3);
        },
      ),
    );
  });

  it('comes once, whatever is said afterwards', () => {
    const asked: boolean[] = [];
    const noting = decideNow(gateWith({ countIf: ({ aborted }) => asked.push(aborted) > 0 }).gate).settle;
    for (const aborted of [true, false, true]) noting?.(200, aborted);
    expect(asked).toEqual([true]);
    const { limiter, gate } = gateWith({ skipFailedRequests: true });
    const { settle } = decideNow(gate);
    settle?.(200, true);
    for (const aborted of [false, true]) settle?.(500, aborted);
    expect(limiter.remaining('k')).toBe(3);
    const next = decideNow(gate).settle;
    next?.(500, false);
    next?.(500, false);
    expect(limiter.remaining('k')).toBe(3);
  });

  it('is not asked of what was denied, nor where nothing depends on it', () => {
    const { gate } = gateWith({ skipFailedRequests: true, cost: 6 });
    expect(decideNow(gate).settle).toBeUndefined();
    expect(decideNow(gateWith({}).gate).settle).toBeUndefined();
  });

  it('does nothing for a cost of 0, whether the limit is a number or a function', () => {
    for (const limits of [{}, { limiter: undefined, limit: () => 5, windowSeconds: 60 }]) {
      const { gate, warnings } = gateWith({ ...limits, cost: 0, skipFailedRequests: true });
      const outcome = decideNow(gate);
      outcome.settle?.(200, false);
      outcome.settle?.(500, false);
      expect([outcome.decision?.remaining, warnings]).toEqual([5, []]);
    }
  });

  it('waits for a countIf that answers later', async () => {
    for (const [answer, left] of [
      [true, 3],
      [false, 5],
    ] as const) {
      for (const more of [{}, { skipFailedRequests: true }]) {
        const { limiter, gate } = gateWith({ countIf: async () => answer, ...more });
        decideNow(gate).settle?.(200, false);
        await new Promise(setImmediate);
        expect(limiter.remaining('k')).toBe(left);
      }
    }
  });

  it('counts a request whose countIf fails, warns, and throws nothing: nobody would catch it', async () => {
    const error = new Error('no');
    for (const countIf of [
      () => {
        throw error;
      },
      async () => {
        throw error;
      },
    ]) {
      for (const more of [{}, { skipSuccessfulRequests: true }]) {
        const { limiter, gate, warnings } = gateWith({ countIf, ...more });
        decideNow(gate).settle?.(200, false);
        await new Promise(setImmediate);
        expect([limiter.remaining('k'), warnings]).toEqual([
          3,
          ['headgate: countIf failed, so the request counts: Error: no'],
        ]);
      }
    }
  });

  it('publishes what the engine throws, and throws nothing', async () => {
    const seen: unknown[] = [];
    const note = (event: object) => seen.push(event);
    engineErrors.subscribe(note);
    const inner = new RateLimiter({ limit: 50, windowSeconds: 60 });
    const error = new Error('the store is gone');
    for (const cancel of [
      () => {
        throw error;
      },
      async () => {
        throw error;
      },
    ]) {
      const reserve = (key: string, cost?: number) => ({
        decision: inner.reserve(key, cost).decision,
        commit: cancel,
        cancel,
      });
      const limiter: HttpLimiter = { policies: inner.policies, check: inner.check.bind(inner), reserve };
      const { gate } = gateWith({ limiter, skipSuccessfulRequests: true });
      decideNow(gate).settle?.(200, false);
      decideNow(gate).settle?.(500, false);
    }
    await new Promise(setImmediate);
    engineErrors.unsubscribe(note);
    expect(seen).toEqual(Array(4).fill({ limiter: 'default', error }));
  });
});
