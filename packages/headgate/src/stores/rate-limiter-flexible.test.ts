import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { RateLimiterMemory as Peer, type RateLimiterRes as PeerRes } from 'rate-limiter-flexible';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RateLimiterMemory, type RateLimiterMemoryOptions, RateLimiterRes } from './rate-limiter-flexible.js';

/** What both limiters are asked, in this order. */
type Call =
  | {
      readonly call: 'consume' | 'penalty' | 'reward';
      readonly key: string;
      readonly points?: number;
      readonly customDuration?: number;
    }
  | { readonly call: 'set'; readonly key: string; readonly points: number; readonly seconds: number }
  | { readonly call: 'block'; readonly key: string; readonly seconds: number }
  | { readonly call: 'get' | 'delete'; readonly key: string }
  | { readonly call: 'points' | 'duration' | 'blockDuration'; readonly to: number }
  | { readonly call: 'wait'; readonly ms: number };

interface Numbers {
  readonly points: number;
  readonly duration: number;
  readonly blockDuration?: number;
  readonly keyPrefix?: string;
}

const consume = (key: string, points?: number): Call => ({
  call: 'consume',
  key,
  ...(points !== undefined && { points }),
});
const wait = (ms: number): Call => ({ call: 'wait', ms });
const get = (key: string): Call => ({ call: 'get', key });

describe('answers as RateLimiterMemory of rate-limiter-flexible does, field by field', () => {
  // The peer reads Date.now and sets a timer per key: it can't be handed a clock.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const table: readonly (readonly [rule: string, numbers: Numbers, calls: readonly Call[]])[] = [
    [
      'consumes, rejects, and starts anew when the duration is over',
      { points: 2, duration: 1 },
      [
        consume('a'),
        wait(400),
        consume('a'),
        consume('a'),
        consume('a'),
        get('a'),
        consume('b'),
        wait(599),
        consume('a'),
        wait(1),
        get('a'),
        consume('a'),
      ],
    ],
    [
      'consumes several points at once, also more than there are',
      { points: 5, duration: 10 },
      [consume('a', 3), consume('a', 3), consume('b', 9), consume('c', 0), consume('c', 5)],
    ],
    [
      'blocks from the first denial on, once',
      { points: 1, duration: 1, blockDuration: 5 },
      [
        consume('a'),
        consume('a'),
        wait(2000),
        consume('a'),
        get('a'),
        wait(2999),
        consume('a'),
        wait(1),
        consume('a'),
        consume('b', 4),
        consume('b', 2),
      ],
    ],
    [
      'blocks for less than the duration too',
      { points: 1, duration: 60, blockDuration: 1 },
      [consume('a', 2), wait(1000), consume('a'), get('a')],
    ],
    [
      'gives penalties and rewards, also to who is not known',
      { points: 3, duration: 2 },
      [
        { call: 'penalty', key: 'a', points: 2 },
        consume('a'),
        consume('a'),
        { call: 'reward', key: 'a' },
        get('a'),
        { call: 'reward', key: 'b', points: 4 },
        get('b'),
        wait(1000),
        consume('b'),
        wait(1000),
        get('b'),
        { call: 'penalty', key: 'c', points: 9 },
        consume('c'),
      ],
    ],
    [
      'sets, blocks and deletes',
      { points: 3, duration: 2 },
      [
        { call: 'set', key: 'a', points: 3, seconds: 10 },
        get('a'),
        consume('a'),
        wait(9999),
        get('a'),
        wait(1),
        get('a'),
        consume('b'),
        { call: 'block', key: 'b', seconds: 30 },
        get('b'),
        consume('b'),
        { call: 'delete', key: 'b' },
        { call: 'delete', key: 'b' },
        consume('b'),
        { call: 'set', key: 'c', points: 0, seconds: 1 },
        get('c'),
        { call: 'set', key: 'c', points: -2, seconds: 3 },
        consume('c'),
        { call: 'delete', key: 'c' },
        get('c'),
      ],
    ],
    [
      'keeps for ever what has no duration',
      { points: 2, duration: 0 },
      [
        consume('a'),
        wait(86_400_000),
        consume('a'),
        consume('a'),
        get('a'),
        { call: 'block', key: 'b', seconds: 0 },
        get('b'),
        wait(86_400_000),
        consume('b'),
        { call: 'delete', key: 'b' },
        consume('b'),
      ],
    ],
    [
      'takes a duration for a single call, where nothing is known of the key',
      { points: 2, duration: 1 },
      [
        { call: 'consume', key: 'a', customDuration: 5 },
        { call: 'consume', key: 'a', customDuration: 1 },
        wait(4999),
        get('a'),
        wait(1),
        get('a'),
        { call: 'penalty', key: 'b', customDuration: 0 },
        get('b'),
      ],
    ],
    [
      'goes by new numbers from the next call on',
      { points: 2, duration: 1 },
      [
        consume('a', 2),
        { call: 'points', to: 4 },
        consume('a'),
        { call: 'duration', to: 3 },
        consume('b'),
        get('a'),
        get('b'),
        { call: 'blockDuration', to: 7 },
        consume('a', 3),
        { call: 'points', to: 0 },
        consume('b'),
      ],
    ],
    [
      'takes points with a fraction, and cuts off what the sum has of it',
      { points: 2.5, duration: 1 },
      [
        consume('a', 0.5),
        consume('a', 1.9),
        consume('a', 0.2),
        consume('a'),
        consume('a'),
        { call: 'reward', key: 'a', points: 0.5 },
      ],
    ],
    [
      'takes points below 0, of limits and of calls',
      { points: -1, duration: 1 },
      [
        consume('a', -2),
        consume('a'),
        consume('a', 1.5),
        consume('b'),
        { call: 'penalty', key: 'a', points: -3 },
        get('a'),
      ],
    ],
    [
      'takes seconds below 0 for a single call as none',
      { points: 2, duration: 1 },
      [{ call: 'consume', key: 'a', customDuration: -1 }, wait(1000), get('a')],
    ],
    ['does without a prefix', { points: 1, duration: 1, keyPrefix: '' }, [consume('a'), consume('a'), get('rlflx:a')]],
  ];

  for (const [rule, numbers, calls] of table) it(rule, () => compare(numbers, calls));

  it('whatever is called, at whatever time', async () => {
    const key = fc.constantFrom('a', 'b');
    const points = fc.integer({ min: 0, max: 4 });
    const seconds = fc.constantFrom(0, 0.5, 1, 2.5);
    const any: fc.Arbitrary<Call> = fc.oneof(
      { weight: 4, arbitrary: fc.record({ call: fc.constantFrom('consume', 'penalty', 'reward'), key, points }) },
      { weight: 1, arbitrary: fc.record({ call: fc.constant('consume'), key, points, customDuration: seconds }) },
      {
        weight: 1,
        arbitrary: fc.record({ call: fc.constant('set'), key, points: fc.integer({ min: -3, max: 5 }), seconds }),
      },
      { weight: 1, arbitrary: fc.record({ call: fc.constant('block'), key, seconds }) },
      { weight: 2, arbitrary: fc.record({ call: fc.constantFrom('get', 'delete'), key }) },
      { weight: 1, arbitrary: fc.record({ call: fc.constant('points'), to: points }) },
      { weight: 1, arbitrary: fc.record({ call: fc.constantFrom('duration', 'blockDuration'), to: seconds }) },
      {
        weight: 4,
        arbitrary: fc.record({ call: fc.constant('wait'), ms: fc.constantFrom(1, 250, 499, 500, 1000, 3000) }),
      },
    ) as fc.Arbitrary<Call>;
    const numbers = fc.record({ points, duration: seconds, blockDuration: seconds });
    await fc.assert(fc.asyncProperty(numbers, fc.array(any, { maxLength: 30 }), compare), { numRuns: 300 });
  });
});

describe('our RateLimiterMemory', () => {
  it('rejects with what is no Error, as the peer does', async () => {
    const limiter = new RateLimiterMemory({ points: 0, duration: 60, clock: new ManualClock() });
    const rejected = await limiter.consume('a').catch((reason: unknown) => reason);
    expect(rejected).toBeInstanceOf(RateLimiterRes);
    expect(rejected).not.toBeInstanceOf(Error);
    expect(String(rejected)).toBe(
      '{"remainingPoints":0,"msBeforeNext":60000,"consumedPoints":1,"isFirstInDuration":true}',
    );
  });

  it('keeps durations that are longer than timers run', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiterMemory({ points: 1, duration: 60 * 86_400, clock });
    await limiter.consume('a');
    clock.advance(59 * 86_400_000);
    await expect(limiter.consume('a')).rejects.toMatchObject({ msBeforeNext: 86_400_000 });
  });

  it('holds no more keys than maxKeys, and forgets none that is over its points', async () => {
    const limiter = new RateLimiterMemory({ points: 2, duration: 60, maxKeys: 3, clock: new ManualClock() });
    await limiter.penalty('over', 3);
    for (let i = 0; i < 50; i++) await limiter.consume(i);
    const known = await Promise.all(['over', ...Array(50).keys()].map((key) => limiter.get(key)));
    expect(known[0]?.consumedPoints).toBe(3);
    expect(known.filter((each) => each !== null)).toHaveLength(3);
  });

  it('forgets none that is over its points because no more blocks can be held', async () => {
    const numbers = { points: 1, duration: 60, blockDuration: 600 };
    const limiter = new RateLimiterMemory({ ...numbers, maxKeys: 1, clock: new ManualClock() });
    await expect(limiter.consume('blocked', 2)).rejects.toMatchObject({ msBeforeNext: 600_000 });
    await limiter.consume('a');
    for (let consumed = 2; consumed < 6; consumed++)
      await expect(limiter.consume('a')).rejects.toMatchObject({ consumedPoints: consumed, msBeforeNext: 60_000 });
  });

  it('rejects with a RateLimiterRes who comes to a limiter full of keys that are over their points', async () => {
    const limiter = new RateLimiterMemory({ points: 1, duration: 60, maxKeys: 1, clock: new ManualClock() });
    await limiter.penalty('over', 2);
    await expect(limiter.consume('new')).rejects.toBeInstanceOf(RateLimiterRes);
  });

  it('names keys as the peer does', () => {
    expect(new RateLimiterMemory({ points: 1, duration: 1 }).getKey(7)).toBe('rlflx:7');
    expect(new RateLimiterMemory({ points: 1, duration: 1, keyPrefix: 'login' }).getKey('a')).toBe('login:a');
    expect(new RateLimiterMemory({ points: 1, duration: 1, keyPrefix: '' }).getKey('a')).toBe('a');
  });

  it.each<[string, object, ErrorConstructor]>([
    ['points must be a number up to 134217725, got NaN', { points: Number.NaN }, RangeError],
    ['points must be a number up to 134217725, got 134217726', { points: 134_217_726 }, RangeError],
    ['points must be a number', { points: undefined }, TypeError],
    ['duration must be a number of seconds from 0, got -1', { duration: -1 }, RangeError],
    ['duration must be a number of seconds', { duration: Number.POSITIVE_INFINITY }, RangeError],
    ['duration must be a number of seconds', { duration: '60' }, TypeError],
    ['blockDuration must be a number of seconds', { blockDuration: Number.NaN }, RangeError],
    ['execEvenly must be true or false', { execEvenly: 'yes' }, TypeError],
    ['keyPrefix must be a string', { keyPrefix: 7 }, TypeError],
    ['maxKeys must be a whole number', { maxKeys: 0 }, RangeError],
    ['unknown option "inMemoryBlockDuration"', { inMemoryBlockDuration: 5 }, TypeError],
    ['unknown option "shared"', { shared: 'all' }, TypeError],
  ])('refuses what it does not know: %s, for %o', (message, options, kind) => {
    const make = () => new RateLimiterMemory({ points: 1, duration: 1, ...options } as RateLimiterMemoryOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  it('takes a name of undefined as not given, whatever the name', async () => {
    const all = { storeClient: undefined, tableName: undefined, keyPrefix: undefined, points: 1, duration: 1 };
    expect(await new RateLimiterMemory(all).consume('a')).toMatchObject({ consumedPoints: 1, remainingPoints: 0 });
    expect(() => new RateLimiterMemory({ ...all, points: undefined } as never)).toThrow('points must be a number');
    expect(() => new RateLimiterMemory({ ...all, tableName: 'limits' } as never)).toThrow('unknown option "tableName"');
  });

  it('rejects bad arguments with an Error, and changes nothing', async () => {
    const limiter = new RateLimiterMemory({ points: 1, duration: 60 });
    await expect(limiter.consume('a', Number.NaN)).rejects.toThrow(RangeError);
    await expect(limiter.penalty('a', '1' as never)).rejects.toThrow(TypeError);
    await expect(limiter.reward('a', Number.NaN)).rejects.toThrow(RangeError);
    await expect(limiter.block('a', -1)).rejects.toThrow(RangeError);
    limiter.points = 2 ** 30;
    await expect(limiter.consume('a')).rejects.toThrow('points must be a number up to 134217725, got 1073741824');
    expect(await limiter.get('a')).toBeNull();
  });
});

async function compare(numbers: Numbers, calls: readonly Call[]): Promise<void> {
  const clock = new ManualClock();
  const ours = new RateLimiterMemory({ ...numbers, clock });
  const peer = new Peer(numbers);
  for (const call of calls) {
    if (call.call === 'wait') {
      clock.advance(call.ms);
      vi.advanceTimersByTime(call.ms);
    } else expect([call, await told(ours, call)]).toEqual([call, await told(peer, call)]);
  }
}

/** What came of a call, with whether it was rejected. */
async function told(limiter: RateLimiterMemory | Peer, call: Exclude<Call, { call: 'wait' }>): Promise<unknown> {
  try {
    return fields(await asked(limiter, call));
  } catch (rejected) {
    if (rejected instanceof Error) throw rejected;
    return { rejected: fields(rejected) };
  }
}

function asked(limiter: RateLimiterMemory | Peer, call: Exclude<Call, { call: 'wait' }>): unknown {
  switch (call.call) {
    case 'set':
      return limiter.set(call.key, call.points, call.seconds);
    case 'block':
      return limiter.block(call.key, call.seconds);
    case 'get':
    case 'delete':
      return limiter[call.call](call.key);
    case 'points':
    case 'duration':
    case 'blockDuration':
      limiter[call.call] = call.to;
      return limiter[call.call];
    default: {
      const { customDuration } = call;
      return limiter[call.call](call.key, call.points, customDuration === undefined ? {} : { customDuration });
    }
  }
}

function fields(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer;
  const { remainingPoints, msBeforeNext, consumedPoints, isFirstInDuration } = answer as PeerRes;
  const json = JSON.parse(JSON.stringify(answer));
  return { remainingPoints, msBeforeNext, consumedPoints, isFirstInDuration, json, text: String(answer) };
}
