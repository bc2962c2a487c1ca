import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { RateLimiterMemory as Peer, type RateLimiterRes as PeerRes } from 'rate-limiter-flexible';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RateLimiterMemory } from './rate-limiter-flexible.js';

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

async function compare(numbers: Numbers, calls: readonly Call[]): Promise<void> {
  const clock = new ManualClock();
  const ours = new RateLimiterMemory({ ...numbers, clock });
  const peer = new Peer(numbers);
  for (const call of calls) {
    if (call.call === 'wait') {
      clock.advance(call.ms);
      vi.advanceTimersByTime(call.ms);
    } else expect([call, await outcomeOf(ours, call)]).toEqual([call, await outcomeOf(peer, call)]);
  }
}

/** What came of a call, with whether it was rejected. */
async function outcomeOf(limiter: RateLimiterMemory | Peer, call: Exclude<Call, { call: 'wait' }>): Promise<unknown> {
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
