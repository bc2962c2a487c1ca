import { ManualClock } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { API, settled } from '../../test/fetch/set-up.js';
import { createFetch } from './create-fetch.js';
import type { FetchOptions } from './fetch-options.js';

/** Counts those who wait by it: each would keep the process alive. */
class CountingClock extends ManualClock {
  readonly waiting = new Set<() => void>();

  override after(ms: number, wake: () => void): () => void {
    const woken = () => {
      this.waiting.delete(woken);
      wake();
    };
    const cancel = super.after(ms, woken);
    this.waiting.add(woken);
    return () => {
      this.waiting.delete(woken);
      cancel();
    };
  }
}

const HELD = { 'retry-after': '15' };
const NONE = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '15' };
const FEW = { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '15' };
const OTHER = 'https://other.example/';

type Scene = [name: string, options: FetchOptions, headers: Record<string, string>, url?: string];
const SCENES: Scene[] = [
  ['a Retry-After', {}, HELD],
  ['a Retry-After, to be sent again', { retry: { attempts: 1 } }, HELD],
  ['a Retry-After of another key, to be sent again', { retry: { attempts: 1 } }, HELD, OTHER],
  ['more', {}, NONE],
  ['its turn where little is left', {}, FEW],
  ['the policy', { limit: 1, windowSeconds: 15 }, {}],
];

describe.each([Number.POSITIVE_INFINITY, 60_000])(
  'with maxWaitMs %s a signal ends a wait, and no timer is left',
  (maxWaitMs) => {
    it.each(SCENES)('for %s', async (_, options, headers, url) => {
      const clock = new CountingClock();
      const controller = new AbortController();
      const send = async (asked: string, _init?: RequestInit) => {
        const response = new Response(null, { status: 429, headers });
        const redirected = { redirected: { value: url !== undefined }, url: { value: url ?? asked } };
        return Object.defineProperties(response, redirected);
      };
      const fetch = createFetch({ ...options, maxWaitMs, clock, fetch: send });
      const ended: unknown[] = [];
      for (let i = 0; i < 4; i++) {
        fetch(API, { signal: controller.signal }).catch((error) => ended.push(error));
        await settled();
      }
      clock.advance(100);
      await settled();
      expect(clock.waiting.size).toBeGreaterThan(0);
      const enough = new Error('enough');
      controller.abort(enough);
      await settled();
      expect(ended.length).toBeGreaterThan(0);
      expect(new Set(ended)).toEqual(new Set([enough]));
      expect(clock.waiting.size).toBe(0);
    });
  },
);

it('the end of its time ends a wait for who goes first, and no timer is left', async () => {
  const clock = new CountingClock();
  const answers = [Promise.resolve(new Response(null, { status: 429, headers: { 'retry-after': '1' } }))];
  const send = (_url: string) => answers.shift() ?? new Promise<Response>(() => {});
  const fetch = createFetch({ maxWaitMs: 2000, clock, fetch: send });
  await fetch(API);
  void fetch(API); // goes first and is never answered
  const behind = fetch(API);
  await settled();
  clock.advance(1000);
  await settled();
  clock.advance(1000);
  await expect(behind).rejects.toThrow('retry after');
  expect(clock.waiting.size).toBe(0);
});
