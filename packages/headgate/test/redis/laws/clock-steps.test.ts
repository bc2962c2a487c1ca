import { afterAll, beforeAll, expect, it } from 'vitest';
import { RemoteRateLimiter, type RemoteRateLimiterOptions } from '../../../src/redis/redis.js';
import { withServers } from '../setup/servers.js';
import { type OnRedis, onRedis } from '../stores/on-redis.js';

const WINDOW_MS = 10_000;

withServers('a clock of the server that steps back far', () => {
  let redis: OnRedis;
  beforeAll(async () => {
    redis = await onRedis();
  });
  afterAll(() => redis.close());

  const kinds: readonly (readonly [string, Omit<RemoteRateLimiterOptions, 'engine'>])[] = [
    ['a fixed window', { limit: 2 }],
    ['a sliding window', { limit: 2, algorithm: 'sliding-window' }],
    ['a token bucket', { limit: 2, algorithm: 'token-bucket' }],
    [
      'two policies',
      {
        limits: [
          { name: 'a', limit: 2, windowMs: WINDOW_MS },
          { name: 'b', limit: 9, windowMs: WINDOW_MS },
        ],
      },
    ],
    ['a block', { limit: 2, blockForMs: WINDOW_MS }],
  ];
  for (const [name, options] of kinds)
    it.each(['allow', 'check', 'peek'] as const)(
      `locks out for one window at most, by ${name}, whoever asks meanwhile by %s`,
      async (call) => {
        let nowMs = 1_000_000_000;
        const engine = redis.engine(() => nowMs, { rememberDenialsMs: 0 });
        const numbers = 'limits' in options ? {} : { windowMs: WINDOW_MS };
        const limiter = new RemoteRateLimiter({ ...numbers, ...options, engine } as RemoteRateLimiterOptions);
        const allows = async () => {
          const answer = await limiter[call]('k');
          return typeof answer === 'boolean' ? answer : answer.allowed;
        };
        for (const expected of [true, true, false]) expect(await limiter.allow('k')).toBe(expected);
        nowMs -= 500_000;
        expect(await allows()).toBe(false);
        nowMs += 2000;
        expect(await allows()).toBe(false);
        nowMs += WINDOW_MS * 1.2;
        expect(await allows()).toBe(true);
      },
    );
});
