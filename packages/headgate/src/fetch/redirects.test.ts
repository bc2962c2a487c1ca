import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answers, setUp } from '../../test/fetch/set-up.js';
import type { FetchOptions } from './fetch-options.js';

const [A, B] = ['https://a.example/', 'https://b.example/'];
const busy = (seconds: number) => ({ status: 429, headers: { 'retry-after': `${seconds}` } });

describe('after a redirect', () => {
  it('what is said is the word of who answered', async () => {
    const { fetch, sent, pass } = setUp({}, () => ({ ...busy(1), url: B }));
    await fetch(A);
    await fetch(A);
    const held = fetch(B);
    await pass(1000, 100);
    await held;
    expect(sent.map(({ url, atMs }) => [url, atMs])).toEqual([
      [A, 0],
      [A, 0],
      [B, 1000],
    ]);
  });

  it('what is sent again takes its unit of the key that it is sent to', async () => {
    const answers: Answers = (call) => ({ ...(call === 0 ? busy(1) : {}), url: B });
    const { fetch, pass, times } = setUp({ limit: 1, windowSeconds: 60, retry: { attempts: 1 } }, answers);
    const response = fetch(A);
    await pass(60_000, 1000);
    expect((await response).status).toBe(200);
    expect(times()).toEqual([0, 60_000]);
  });

  it('it waits for who refused it too, also for what that one says to others meanwhile', async () => {
    const answers: Answers = (call) => [{ ...busy(2), url: B }, busy(8)][call] ?? {};
    const { fetch, sent, pass } = setUp({ limit: 1, windowSeconds: 10, retry: { attempts: 1 } }, answers);
    const redirected = fetch(A);
    await pass(5000, 1000);
    const direct = fetch(B, { method: 'PUT', body: new Blob([]).stream() }); // not sent again
    await pass(15_000, 1000);
    expect([(await redirected).status, (await direct).status]).toEqual([200, 429]);
    expect(sent.map(({ url, atMs }) => [url, atMs])).toEqual([
      [A, 0],
      [B, 5000],
      [A, 13_000],
    ]);
  });

  it('one goes first after a hold, and the others once it is answered', async () => {
    const answers: Answers = (call) => ({ ...(call < 3 ? busy(1) : {}), url: B });
    const { fetch, pass, times } = setUp({ retry: { attempts: 1 } }, answers, 100);
    const all = Array.from({ length: 3 }, () => fetch(A));
    await pass(2000, 100);
    await Promise.all(all);
    expect(times()).toEqual([0, 0, 0, 1100, 1200, 1200]);
  });

  it.each([
    ['throws', () => expect.fail('no key')],
    ['rejects', () => Promise.reject(new Error('no key'))],
    ['answers no string', () => 5 as never],
  ])('the answer is handed on where key %s for the last URL, and holds nobody', async (_, fail) => {
    const key: FetchOptions['key'] = ({ url }) => (url.href === B ? fail() : url.origin);
    const answers: Answers = () => ({ ...busy(1), url: B });
    const { fetch, times } = setUp({ key, retry: { attempts: 2 } }, answers);
    for (let i = 0; i < 3; i++) expect(await (await fetch(A)).text()).toBe('body');
    expect(times()).toEqual([0, 0, 0]);
    await expect(fetch(B)).rejects.toThrow(/no key|key must answer a string/);
    expect(times()).toHaveLength(3);
  });

  it('no policy is passed and no refusal is forgotten, wherever calls are redirected to', async () => {
    const host = fc.constantFrom(A, B, 'https://c.example/');
    const call = fc.record({ afterMs: fc.nat({ max: 20 }), host });
    const answer = fc.record({ host: fc.option(host), heldMs: fc.option(fc.integer({ min: 1, max: 30 })) });
    const scene = fc.tuple(
      fc.record({ limit: fc.integer({ min: 1, max: 3 }), windowMs: fc.integer({ min: 5, max: 30 }) }),
      fc.array(call, { minLength: 1, maxLength: 12 }),
      fc.array(answer, { maxLength: 12 }),
      fc.nat({ max: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(scene, async ([policy, calls, given, tookMs]) => {
        const answers: Answers = (i) => {
          const { host: to, heldMs } = given[i] ?? {};
          const refusal = heldMs ? { status: 429, headers: { 'retry-after-ms': `${heldMs}` } } : {};
          return { ...refusal, ...(to ? { url: to } : {}) };
        };
        const options = { ...policy, algorithm: 'sliding-window', retry: { attempts: 2 } } as const;
        const { fetch, sent, pass } = setUp(options, answers, tookMs);
        let left = calls.length;
        for (const [i, { afterMs, host: to }] of calls.entries()) {
          await pass(afterMs);
          void fetch(to + i).finally(() => left--);
        }
        while (left > 0) await pass(20);
        for (const { url: first, atMs: from } of sent) {
          const span = sent.filter(({ atMs }) => atMs >= from && atMs < from + policy.windowMs);
          const ofOne = span.filter(({ url }) => new URL(url).origin === new URL(first).origin);
          expect(ofOne.length).toBeLessThanOrEqual(policy.limit);
        }
        for (const [i, { url, atMs }] of sent.entries()) {
          const again = sent.slice(i + 1).find((later) => later.url === url);
          const heldMs = given[i]?.heldMs ?? 0;
          if (again !== undefined) expect(again.atMs).toBeGreaterThanOrEqual(atMs + tookMs + heldMs);
        }
      }),
      { numRuns: 60 },
    );
  });
});
