import { RateLimitExceeded, RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answers, API, settled, setUp } from '../../test/fetch/set-up.js';
import { memory } from '../redis/engine/memory.js';
import { RemoteRateLimiter } from '../redis/limiter/remote-rate-limiter.js';
import type { FetchOptions } from './fetch-options.js';

describe('a policy', () => {
  it('holds the calls of each origin, in the order in which they came', async () => {
    const { fetch, sent, pass } = setUp({ limit: 2, windowMs: 100 });
    const other = 'http://other.example/';
    const all = ['a', 'b', 'c', 'd', 'e'].map((path) => fetch(API + path));
    const others = fetch(other);
    await pass(250);
    await Promise.all([...all, others]);
    expect(sent.map(({ url, atMs }) => [url.replace(API, ''), atMs])).toEqual([
      ['a', 0],
      ['b', 0],
      [other, 0],
      ['c', 100],
      ['d', 100],
      ['e', 200],
    ]);
  });

  it('takes a key and a cost of your own', async () => {
    const options: FetchOptions = {
      limit: 3,
      windowMs: 100,
      key: ({ headers, method }) => `${method} ${headers.get('authorization')}`,
      cost: async ({ url }) => Number(url.searchParams.get('n')),
    };
    const { fetch, pass, times } = setUp(options);
    const as = (user: string, n: number) => fetch(`${API}?n=${n}`, { headers: { authorization: user } });
    const all = [as('a', 2), as('a', 2), as('b', 3), fetch(new Request(`${API}?n=3`, { method: 'post' }))];
    await pass(100);
    await Promise.all(all);
    expect(times()).toEqual([0, 0, 0, 100]);
  });

  it('is that of a limiter of yours, also of one that answers promises', async () => {
    const limiter = new RemoteRateLimiter({ limit: 1, windowSeconds: 86_400, engine: memory() });
    const { fetch, times } = setUp({ limiter, maxWaitMs: 1000 });
    await fetch(API);
    await expect(fetch(API)).rejects.toThrow(RateLimitExceeded);
    expect(times()).toEqual([0]);
    await expect(limiter.remaining(new URL(API).origin)).resolves.toBe(0);
  });

  it('refuses at once what would wait too long, and ends a wait with its signal', async () => {
    const { fetch, pass, times } = setUp({ limit: 1, windowMs: 100, maxWaitMs: 150 });
    const controller = new AbortController();
    const calls = [fetch(API), fetch(API), fetch(API), fetch(API, { signal: controller.signal })];
    await expect(calls[2]).rejects.toMatchObject({ name: 'RateLimitExceeded', key: 'https://api.example.com' });
    await expect(calls[3]).rejects.toThrow(RateLimitExceeded);
    await pass(100);
    const aborted = fetch(new Request(API, { signal: controller.signal }));
    await settled();
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await expect(fetch(API, { signal: controller.signal })).rejects.toThrow('enough');
    expect(times()).toEqual([0, 100]);
  });

  it('is never passed, in any window, whatever the server says', async () => {
    const algorithms = fc.constantFrom('sliding-window', 'token-bucket', 'fixed-window');
    const header = fc.constantFrom<Record<string, string>>(
      {},
      { 'retry-after-ms': '7' },
      { ratelimit: '"a";r=0;t=0' },
      { 'x-ratelimit-remaining': '2', 'x-ratelimit-reset-after': '0.02', 'x-ratelimit-limit': '5' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '0.013' },
    );
    await fc.assert(
      fc.asyncProperty(
        algorithms,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 5, max: 30 }),
        fc.array(fc.tuple(fc.nat({ max: 20 }), header, fc.constantFrom(200, 429)), { minLength: 1, maxLength: 25 }),
        fc.nat({ max: 5 }),
        async (algorithm, limit, windowMs, calls, tookMs) => {
          const answers: Answers = (i) => ({ headers: calls[i]?.[1] ?? {}, status: calls[i]?.[2] ?? 200 });
          const options: FetchOptions = { algorithm, limit, windowMs, retry: { attempts: 1 } };
          const { fetch, pass, times, sent } = setUp(options, answers, tookMs);
          const all: Promise<Response>[] = [];
          for (const [afterMs] of calls) {
            await pass(afterMs);
            all.push(fetch(API));
          }
          let left = all.length;
          for (const each of all) void each.finally(() => left--);
          while (left > 0) await pass(20);
          expect(sent.length).toBeGreaterThanOrEqual(calls.length);
          const most = algorithm === 'sliding-window' ? limit : 2 * limit - (algorithm === 'fixed-window' ? 1 : 0);
          for (const from of times()) {
            const inSpan = times().filter((at) => at >= from && at < from + windowMs).length;
            expect(inSpan).toBeLessThanOrEqual(most);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("the server's word", () => {
  it('after a Retry-After nothing is sent to that key for so long, and others are not touched', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 90 }),
        fc.nat({ max: 10 }),
        fc.constantFrom(429, 503, 403),
        fc.array(fc.nat({ max: 15 }), { minLength: 1, maxLength: 12 }),
        async (seconds, tookSeconds, status, gaps) => {
          const refusal = { status, headers: { 'retry-after': `${seconds}` } };
          const answers: Answers = (call) => (call === 0 ? refusal : {});
          const { fetch, pass, sent } = setUp({}, answers, tookSeconds * 1000);
          const all = [fetch(API)];
          await pass(tookSeconds * 1000, 1000);
          for (const gap of gaps) {
            await pass(gap * 1000, 1000);
            all.push(fetch(API), fetch('https://other.example/'));
          }
          await pass(400_000, 1000);
          await Promise.all(all);
          const heldUntilMs = (tookSeconds + seconds) * 1000;
          const [first, ...rest] = sent.filter(({ url }) => url === API).map(({ atMs }) => atMs);
          expect(first).toBe(0);
          expect(Math.min(...rest)).toBeGreaterThanOrEqual(heldUntilMs);
          let comeMs = tookSeconds * 1000;
          const others = sent.filter(({ url }) => url !== API).map(({ atMs }) => atMs);
          expect(others).toEqual(gaps.map((gap) => (comeMs += gap * 1000)));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('with none left, calls wait until there are more; one goes first then, and the others once it is answered', async () => {
    const none = { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' } };
    const answers: Answers = (call) => (call === 0 ? none : {});
    const { fetch, pass, times } = setUp({}, answers, 10);
    const first = fetch(API);
    await pass(10);
    const all = [first, fetch(API), fetch(API), fetch(API)];
    await pass(3000);
    await Promise.all(all);
    expect(times()).toEqual([0, 2010, 2020, 2020]);
  });

  it('what goes first is not waited for beyond ten seconds', async () => {
    const answers: Answers = (call) => (call === 0 ? { status: 503, headers: { 'retry-after': '1' } } : {});
    const { fetch, pass, times } = setUp({}, answers, 60_000);
    const all = [fetch(API)];
    await pass(60_000, 1000);
    all.push(fetch(API), fetch(API));
    await pass(100_000, 1000);
    await Promise.all(all);
    expect(times()).toEqual([0, 61_000, 71_000]);
  });

  it('below half of its limit, the rest is spread over the time until there are more', async () => {
    let remaining = 10;
    const answers: Answers = () => {
      remaining--;
      return { headers: { ratelimit: `"a";r=${remaining};t=12`, 'ratelimit-policy': '"a";q=10;w=12' } };
    };
    const { fetch, pass, times } = setUp({}, answers);
    await fetch(API);
    const all = Array.from({ length: 7 }, () => fetch(API));
    await pass(14_000, 100);
    await Promise.all(all);
    expect(times().slice(0, 5)).toEqual([0, 0, 0, 0, 0]); // until five of ten are left
    expect(times().slice(5)).toEqual([2000, 4400, 7400]); // 12 / 6, then of what is told anew 12 / 5, 12 / 4
  });

  it('spreads from the first call on where it is asked to, and not at all where it is not wanted', async () => {
    const answers: Answers = (call) => ({
      headers: { 'x-ratelimit-remaining': `${9 - call}`, 'x-ratelimit-reset': `${10 - call}` },
    });
    for (const [spreadBelow, wanted] of [
      [1, [0, 1000, 2000, 3000]],
      [0, [0, 0, 0, 0]],
    ] as const) {
      const { fetch, pass, times } = setUp({ spreadBelow }, answers);
      await fetch(API);
      const all = Array.from({ length: 3 }, () => fetch(API));
      await pass(4000, 100);
      await Promise.all(all);
      expect(times()).toEqual(wanted);
    }
  });

  it('no more calls are out at one time than are left, since each may use one', async () => {
    const total = 12;
    let used = 0;
    let refused = 0;
    const answers: Answers = () => {
      if (used < total) used++;
      else refused++;
      return { headers: { 'x-ratelimit-remaining': `${total - used}`, 'x-ratelimit-reset': '60' } };
    };
    const { fetch, pass, times } = setUp({ spreadBelow: 0 }, answers, 20);
    const all = [fetch(API)];
    await pass(20);
    for (let i = 0; i < 30; i++) all.push(fetch(API));
    for (let window = 1; window <= 3; window++) {
      await pass(59_000, 1000);
      expect([times().length, refused]).toEqual([Math.min(all.length, window * total), 0]);
      used = 0;
      await pass(1200, 10);
    }
    await Promise.all(all);
  });

  it('by it no call is refused, and all that is left in a window is used in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(0, 0.5, 1),
        fc.nat({ max: 3 }),
        async (limit, windowMs, more, spreadBelow, tookMs) => {
          let server: RateLimiter | undefined;
          const answers: Answers = () => {
            server ??= new RateLimiter({ limit, windowMs, clock });
            const { allowed, remaining, resetAfterMs } = server.check('client');
            const told = { 'x-ratelimit-limit': `${limit}`, 'x-ratelimit-remaining': `${remaining}` };
            const headers = { ...told, 'x-ratelimit-reset-after': `${resetAfterMs / 1000}` };
            return { status: allowed ? 200 : 429, headers };
          };
          const { clock, fetch, pass } = setUp({ spreadBelow }, answers, tookMs);
          const first = fetch(API);
          await pass(tookMs);
          const all = [first, ...Array.from({ length: more }, () => fetch(API))];
          // A window is told to be over as much later as the answer took, and then one call goes first.
          await pass(Math.ceil(all.length / limit) * (windowMs + 3 * tookMs + 2));
          const statuses = await Promise.all(all.map(async (each) => (await each).status));
          expect(statuses).toEqual(all.map(() => 200));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('a wait that would be too long is refused at once, and is not sent', async () => {
    const { fetch, pass, times } = setUp({ maxWaitMs: 1000 }, () => ({ status: 429, headers: { 'retry-after': '5' } }));
    await fetch(API);
    await expect(fetch(API)).rejects.toMatchObject({ name: 'RateLimitExceeded', retryAfterMs: 5000 });
    await pass(4000, 100);
    const late = fetch(API);
    await pass(1000, 100);
    expect((await late).status).toBe(429);
    expect(times()).toEqual([0, 5000]);
  });

  it('a refusal tells the limit that binds, and none where the server told none', async () => {
    const heads: [Record<string, string>, number, string][] = [
      [{ 'retry-after': '5' }, Number.NaN, 'key "https://api.example.com": retry after 5000 ms'],
      [
        { ratelimit: '"a";r=9;t=2, "b";r=0;t=7', 'ratelimit-policy': '"a";q=10;w=60, "b";q=3;w=60' },
        3,
        'limit 3, retry',
      ],
      [
        { ratelimit: '"b";r=0;t=7, "a";r=9;t=2', 'ratelimit-policy': '"a";q=10;w=60, "b";q=3;w=60' },
        3,
        'limit 3, retry',
      ],
    ];
    for (const [headers, limit, message] of heads) {
      const { fetch } = setUp({ maxWaitMs: 1000 }, () => ({ status: 429, headers }));
      await fetch(API);
      await expect(fetch(API)).rejects.toMatchObject({ limit, message: expect.stringContaining(message) });
    }
  });
});
