import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { RateLimiterRedis as Peer, RateLimiterMemory as PeerMemory, RateLimiterUnion } from 'rate-limiter-flexible';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redis as redisOf } from '../../../src/redis/redis.js';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from '../../../src/stores/rate-limiter-flexible.js';
import { withServers } from '../setup/servers.js';
import { type OnRedis, onRedis } from './on-redis.js';

const DURATION_S = 1000;
const call = fc.tuple(
  fc.constantFrom('consume', 'consume', 'consume', 'penalty', 'reward', 'get', 'set', 'block', 'delete'),
  fc.constantFrom('a', 'b'),
  fc.integer({ min: 1, max: 4 }),
);
type Call = readonly [name: string, key: string, points: number];

// biome-ignore lint/suspicious/noExplicitAny: limiters of several classes, with the same calls
async function told(limiter: any, [name, key, points]: Call, msOf: (ms: number) => number): Promise<unknown> {
  const args = name === 'set' ? [points, 2 * DURATION_S] : name === 'block' ? [3 * DURATION_S] : [points];
  const [answer, was] = await limiter[name](key, ...args).then(
    (value: unknown) => [value, 'resolved'],
    (reason: unknown) => [reason, 'rejected'],
  );
  if (!(answer instanceof RateLimiterRes)) return [name, was, answer];
  const { remainingPoints, consumedPoints, isFirstInDuration, msBeforeNext } = answer;
  return [name, was, { remainingPoints, consumedPoints, isFirstInDuration, ms: msOf(msBeforeNext) }];
}

withServers('RateLimiterRedis', () => {
  let redis: OnRedis;
  let made = 0;
  beforeAll(async () => {
    redis = await onRedis();
  });
  afterAll(() => redis.close());

  const variants = [
    { points: 3, duration: DURATION_S },
    { points: 3, duration: 0 },
    { points: 3, duration: DURATION_S, blockDuration: 5 * DURATION_S },
    { points: 3, duration: DURATION_S, blockDuration: 5 * DURATION_S, blockOnConsumed: 5 },
    { points: 3, duration: DURATION_S, inMemoryBlockOnConsumed: 4 },
    { points: 3, duration: DURATION_S, inMemoryBlockOnConsumed: 4, inMemoryBlockDuration: 7 * DURATION_S },
  ];
  it.each(variants)('answers as the class of rate-limiter-flexible does, with %o', async (options) => {
    // Both by the server's clock: to the nearest of durations that are far apart.
    const nearest = (ms: number) => (ms < 0 ? ms : Math.round(ms / (DURATION_S * 1000)));
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
        const keyPrefix = `${++made}`;
        const peer = new Peer({ ...options, keyPrefix, storeClient: redis.client });
        const ours = new RateLimiterRedis({ ...options, keyPrefix, engine: redis.engine() });
        for (const each of calls) expect(await told(ours, each, nearest)).toEqual(await told(peer, each, nearest));
      }),
      { numRuns: 40 },
    );
  });

  it('answers the same points and times as in memory', async () => {
    const step = fc.tuple(fc.constantFrom(0, 0, 1, 999_999, 1_000_000), call);
    const options = { points: 3, duration: DURATION_S, blockDuration: 5 * DURATION_S };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const clock = new ManualClock(1_000_000);
        const memory = new RateLimiterMemory({ ...options, clock, backend: 'ts' });
        const ours = new RateLimiterRedis({ ...options, engine: redis.engine(() => clock.now()) });
        for (const [afterMs, each] of steps) {
          clock.advance(afterMs);
          const [expected, answer] = [await told(memory, each, Number), await told(ours, each, Number)];
          expect(withoutFirst(answer)).toEqual(withoutFirst(expected));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('counts exactly what four that have a connection each consume', async () => {
    const clients = Array.from({ length: 4 }, () => new Redis(redis.server.port, '127.0.0.1'));
    const limiters = clients.map((client) => {
      const engine = redisOf(client, { prefix: 'four:', deadlineMs: 60_000, onOutage: 'throw' });
      return new RateLimiterRedis({ points: 30, duration: DURATION_S, engine });
    });
    const asked = limiters.flatMap((limiter) => Array.from({ length: 15 }, () => limiter.consume('k')));
    const settled = await Promise.allSettled(asked);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    expect(await limiters[0]?.get('k')).toMatchObject({ consumedPoints: 60, remainingPoints: 0 });
    for (const client of clients) client.disconnect();
  });

  it('holds calls back with execEvenly, but for the first of a duration', async () => {
    const limiter = new RateLimiterRedis({
      points: 20_000,
      duration: 20,
      execEvenly: true,
      execEvenlyMinDelayMs: 1,
      engine: redis.engine(() => 1_000_000),
    });
    expect(await limiter.consume('k')).toMatchObject({ isFirstInDuration: true, msBeforeNext: 20_000 });
    expect(await limiter.consume('k')).toMatchObject({ isFirstInDuration: false, msBeforeNext: 19_999 });
  });

  it('is a limiter of rate-limiter-flexible: it goes into its unions', async () => {
    const limiter = new RateLimiterRedis({ points: 1, duration: DURATION_S, keyPrefix: 'u', engine: redis.engine() });
    const union = new RateLimiterUnion(limiter as never, new PeerMemory({ points: 9, duration: DURATION_S }));
    await union.consume('k');
    await expect(union.consume('k')).rejects.toMatchObject({ u: { consumedPoints: 2 } });
  });
});

describe('RateLimiterRedis without the server', () => {
  const fails = async () => {
    throw new Error('not today');
  };
  const engine = (onOutage: 'local' | 'open' | 'closed' | 'throw') =>
    redisOf({ evalsha: fails, eval: fails }, { onOutage, expectedInstances: 2 });
  const options = { points: 4, duration: DURATION_S };
  const outcomes = async (limiter: { consume(key: string): Promise<unknown> }) => {
    const settled = await Promise.allSettled([1, 2, 3].map(() => limiter.consume('k')));
    return settled.map((each) =>
      each.status === 'fulfilled' ? 'ok' : String((each.reason as Error).constructor.name),
    );
  };

  it.each([
    ['local', ['ok', 'ok', 'RateLimiterRes']],
    ['open', ['ok', 'ok', 'ok']],
    ['closed', ['RateLimiterRes', 'RateLimiterRes', 'RateLimiterRes']],
    ['throw', ['BackendUnavailableError', 'BackendUnavailableError', 'BackendUnavailableError']],
  ] as const)("decides by `onOutage: '%s'`", async (onOutage, expected) => {
    expect(await outcomes(new RateLimiterRedis({ ...options, engine: engine(onOutage) }))).toEqual(expected);
  });

  it.each(['local', 'throw'] as const)(
    "asks the insuranceLimiter first, with `onOutage: '%s'` too",
    async (onOutage) => {
      const insuranceLimiter = new PeerMemory({ points: 1, duration: DURATION_S });
      const limiter = new RateLimiterRedis({
        ...options,
        engine: engine(onOutage),
        blockDuration: 9,
        insuranceLimiter,
      });
      expect(await outcomes(limiter)).toEqual(['ok', 'RateLimiterRes', 'RateLimiterRes']);
      expect(insuranceLimiter.blockDuration).toBe(9);
      expect(await limiter.get('k')).toMatchObject({ consumedPoints: 3 });
      expect(await limiter.delete('k')).toBe(true);
    },
  );

  it('refuses bad options and points', async () => {
    const made = (more: object) => () => new RateLimiterRedis({ ...options, engine: engine('open'), ...more });
    expect(made({ engine: undefined })).toThrow('engine must be redis(client) or memory(), got undefined');
    expect(made({ storeClient: {} })).toThrow('storeClient');
    expect(made({ inMemoryBlockOnConsumed: 3 })).toThrow('inMemoryBlockOnConsumed');
    expect(made({ inMemoryBlockDuration: 3 })).toThrow('inMemoryBlockDuration needs inMemoryBlockOnConsumed');
    expect(made({ insuranceLimiter: {} })).toThrow('insuranceLimiter must be a limiter');
    await expect(made({})().consume('k', 1.5)).rejects.toThrow('pointsToConsume must be a whole number, got 1.5');
  });
});

function withoutFirst(answer: unknown): unknown {
  const [name, was, res] = answer as [string, string, object | null | boolean];
  return [name, was, typeof res === 'object' && res !== null ? { ...res, isFirstInDuration: undefined } : res];
}
