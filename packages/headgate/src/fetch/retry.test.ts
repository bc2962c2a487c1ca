import { ManualClock, RateLimiter } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { type Answers, API, setUp } from '../../test/fetch/set-up.js';
import { createFetch } from './create-fetch.js';

describe('retry', () => {
  const busy = (times: number, status = 429): Answers => {
    return (call) => (call < times ? { status, headers: { 'retry-after': '1' } } : {});
  };

  it('is off by default: the answer is handed on, its body unread', async () => {
    const { fetch } = setUp({}, busy(1));
    const response = await fetch(API);
    expect([response.status, response.bodyUsed, await response.text()]).toEqual([429, false, 'body']);
  });

  it.each([
    ['a GET', 429, undefined, 2],
    ['a GET', 503, undefined, 2],
    ['a POST of a text', 429, { method: 'POST', body: 'x' }, 2],
    ['a POST, which may have been done', 503, { method: 'POST', body: 'x' }, 1],
    ['a PUT of a form', 503, { method: 'PUT', body: new URLSearchParams({ a: 'b' }) }, 2],
    ['a PUT of a stream', 429, { method: 'PUT', body: new Blob(['x']).stream(), duplex: 'half' }, 1],
    ['an error of another kind', 500, undefined, 1],
  ])('sends %s that was answered %s again where that can do no harm', async (_, status, init, calls) => {
    const { fetch, pass, times } = setUp({ retry: { attempts: 3 } }, busy(1, status));
    const response = fetch(API, init as RequestInit);
    await pass(1000, 100);
    expect((await response).status).toBe(calls === 2 ? 200 : status);
    expect(times()).toEqual(calls === 2 ? [0, 1000] : [0]);
  });

  it('ends after its attempts, and where the wait would be too long', async () => {
    const { fetch, pass, times } = setUp({ retry: { attempts: 2 }, maxWaitMs: 10_000 }, busy(9));
    const response = fetch(API);
    await pass(3000, 100);
    expect((await response).status).toBe(429);
    expect(times()).toEqual([0, 1000, 2000]);
    const impatient = setUp({ retry: { attempts: 2 }, maxWaitMs: 1500 }, busy(9));
    const given = impatient.fetch(API);
    await impatient.pass(3000, 100);
    expect((await given).status).toBe(429);
    expect(impatient.times()).toEqual([0, 1000]);
  });

  const refusedWith = (body: ReadableStream) => {
    const headers = { get: (name: string) => (name === 'retry-after' ? '0' : null) };
    const answers = [{ body, status: 429, headers }, new Response()];
    const send = async (_url: string) => answers.shift() ?? expect.fail('it was sent too often');
    return createFetch({ clock: new ManualClock(), retry: { attempts: 1 }, fetch: send });
  };

  it('lets go of the body of the answer that it drops', async () => {
    let cancelled = 0;
    expect((await refusedWith(new ReadableStream({ cancel: () => void cancelled++ }))(API)).status).toBe(200);
    expect(cancelled).toBe(1);
  });

  const locked = new ReadableStream();
  locked.getReader();
  it.each<[string, ReadableStream]>([
    ['broke off', new ReadableStream({ start: (controller) => controller.error(new Error('other side closed')) })],
    ["can't be cancelled", new ReadableStream({ cancel: () => Promise.reject(new Error('no')) })],
    ['takes for ever to be cancelled', new ReadableStream({ cancel: () => new Promise(() => {}) })],
    ['is read by somebody', locked],
  ])('also sends again where that body %s', async (_, body) => {
    expect((await refusedWith(body)(API)).status).toBe(200);
  });
});

describe('a call', () => {
  it('hands over what it was given, and rejects with what the fetch below does', async () => {
    const seen: unknown[][] = [];
    const fetch = createFetch({
      fetch: async (...args: [URL, object?]) => {
        seen.push(args);
        throw new TypeError('no network');
      },
    });
    const [url, init] = [new URL(API), { method: 'PATCH', dispatcher: {} }];
    await expect(fetch(url, init)).rejects.toThrow('no network');
    expect(seen).toEqual([[url, init]]);
    expect(seen[0]?.[1]).toBe(init);
  });

  it('that goes to no server is not held', async () => {
    const fetch = createFetch({ limit: 0, windowMs: 1 });
    expect(await (await fetch('data:,hello')).text()).toBe('hello');
    await expect(fetch(API)).rejects.toThrow('the cost can never fit');
    await expect(fetch('no URL')).rejects.toThrow(TypeError);
  });

  it('whose cost is bad rejects, and holds up nobody', async () => {
    const costs = [1, 1.5, 1];
    const answers: Answers = () => ({ headers: { 'x-ratelimit-remaining': '2', 'x-ratelimit-reset-after': '9' } });
    const cost = () => costs.shift() as number;
    const { fetch, pass } = setUp({ limit: 9, windowMs: 1, spreadBelow: 1, cost }, answers);
    await fetch(API);
    const [bad, good] = [fetch(API), fetch(API)];
    await expect(Promise.all([bad, pass(9000, 100)])).rejects.toThrow(RangeError);
    expect((await good).status).toBe(200);
  });

  it('has one cost, however often it is sent: what fails then would lose an answer', async () => {
    const costs = [2];
    const cost = () => costs.shift() ?? expect.fail('it was asked for again');
    const answers: Answers = () => ({ status: 429, headers: { 'retry-after': '1' } });
    const { fetch, pass, times } = setUp({ limit: 4, windowSeconds: 60, cost, retry: { attempts: 1 } }, answers);
    const response = fetch(API);
    await pass(1000, 100);
    expect([(await response).status, times()]).toEqual([429, [0, 1000]]);
  });

  it('with a key that is no string rejects, and is not sent', async () => {
    const { fetch, sent } = setUp({ key: () => 5 as never });
    await expect(fetch(API)).rejects.toThrow(new TypeError('key must answer a string, got 5'));
    expect(sent).toEqual([]);
  });
});

it.each([
  [null, TypeError, 'options must be an object, got null'],
  [{ limit: -1, windowMs: 1 }, RangeError, 'got -1'],
  [{ windowMs: 1 }, TypeError, 'limit must be a whole number'],
  [{ limits: 5 }, TypeError, 'limits must be an array, got 5'],
  [{ limiter: {} }, TypeError, 'limiter must be a RateLimiter or a RemoteRateLimiter, got an object'],
  [{ limiter: new RateLimiter({ limit: 1, windowMs: 1 }), limit: 2 }, TypeError, 'give limit to the limiter itself'],
  [{ key: 'ip' }, TypeError, 'key must be a function, got "ip"'],
  [{ fetch: {} }, TypeError, 'fetch must be a function, got an object'],
  [{ limit: 1, windowMs: 1, cost: 1.5 }, RangeError, 'cost must be a whole number'],
  [{ maxWaitMs: -1 }, RangeError, 'maxWaitMs must be a number from 0 up, got -1'],
  [{ maxWaitMs: '1' }, TypeError, 'maxWaitMs must be a number from 0 up, got "1"'],
  [{ spreadBelow: 1.1 }, RangeError, 'spreadBelow must be a number from 0 to 1, got 1.1'],
  [{ retry: 3 }, TypeError, 'retry must be an object such as { attempts: 2 }, got 3'],
  [{ retry: { attempts: -1 } }, RangeError, 'retry.attempts must be a whole number from 0 to 1000, got -1'],
  [{ retry: { times: 1 } }, TypeError, 'unknown option retry."times"'],
  [{ maxWait: 5 }, TypeError, 'did you mean maxWaitMs?'],
  [{ clock: 5 }, TypeError, 'clock must have a method now(), got 5'],
])('names what is wrong with options: %#', (options, error, message) => {
  expect(() => createFetch(options as never)).toThrow(error);
  expect(() => createFetch(options as never)).toThrow(message);
});
