import type { Policy } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { recognise } from '../../../src/redis/client/recognise.js';
import { RedisEngine } from '../../../src/redis/engine/redis-engine.js';
import { readRedisOptions } from '../../../src/redis/engine/redis-options.js';
import { serverWithClient, withServers } from '../setup/servers.js';

const WINDOW_MS = 60_000;
const STEP_MS = WINDOW_MS / 10;

withServers("the server's clock", async () => {
  const { client } = await serverWithClient();

  describe.each(['fixed-window', 'sliding-window', 'token-bucket'] as const)('with a %s', (algorithm) => {
    it.each([
      ['allow', 30_000],
      ['allow', 86_400_000],
      ['check', 30_000],
      ['check', 86_400_000],
    ] as const)('by %s, %i ms back: grants nothing again, and denies for one window at most', async (call, backMs) => {
      let now = Date.now();
      const engine = engineOf({ algorithm, limit: 2, blockForMs: 0 }, `${algorithm}-${call}-${backMs}:`, () => now);
      const allows = async (cost: number) =>
        call === 'allow' ? engine.allow('k', cost) : (await engine.check('k', cost)).allowed;
      expect(await allows(2)).toBe(true);
      now -= backMs;
      const setBack = now;
      while (!(await allows(2))) now += STEP_MS;
      // A sliding window forgets a tenth of itself at a time.
      expect(now - setBack).toBeLessThanOrEqual(WINDOW_MS + STEP_MS);
      expect(now - setBack).toBeGreaterThanOrEqual(WINDOW_MS - STEP_MS);
    });
  });

  function engineOf(given: Pick<Policy, 'algorithm' | 'limit' | 'blockForMs'>, prefix: string, now: () => number) {
    const policy = { ...given, name: 'default', windowMs: WINDOW_MS, burst: given.limit };
    const options = readRedisOptions({ prefix, deadlineMs: 60_000, onOutage: 'throw', rememberDenialsMs: 0 });
    return new RedisEngine([policy], recognise(client), options, { now });
  }
});
