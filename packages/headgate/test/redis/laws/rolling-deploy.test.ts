import { type Algorithm, leastBurst, type Policy } from '@headgate/core-ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recognise } from '../../../src/redis/client/recognise.js';
import { RedisEngine } from '../../../src/redis/engine/redis-engine.js';
import { readRedisOptions } from '../../../src/redis/engine/redis-options.js';
import { serverWithClient, withServers } from '../setup/servers.js';

/** Who asks, for how many units, and how long after the one before. */
const calls = fc.array(
  fc.record({
    isNew: fc.boolean(),
    cost: fc.integer({ min: 1, max: 3 }),
    afterMs: fc.constantFrom(0, 0, 1, 7, 19, 20, 50, 200),
  }),
  { minLength: 10, maxLength: 40 },
);
const RUNS = process.env.CI === 'true' ? 120 : 40;
const numbers = fc.record({ limit: fc.integer({ min: 1, max: 12 }), windowMs: fc.constantFrom(20, 50, 200) });
const pair = fc.tuple(numbers, numbers);

withServers('a rolling deploy: processes of the old and the new policy on one prefix', async () => {
  const { client } = await serverWithClient();
  let made = 0;

  /** Two processes; a key is asked for by both in turn. Answers when units were admitted. */
  async function admitted(
    old: readonly Policy[],
    next: readonly Policy[],
    asked: readonly Call[],
  ): Promise<Admitted[]> {
    const prefix = `${++made}:`;
    let nowMs = 1_000_000;
    const engineOf = (policies: readonly Policy[]) => {
      const own = readRedisOptions({ prefix, deadlineMs: 60_000, onOutage: 'throw', rememberDenialsMs: 0 });
      return new RedisEngine(policies, recognise(client), own, { now: () => nowMs });
    };
    const [before, after] = [engineOf(old), engineOf(next)];
    const all: Admitted[] = [];
    for (const { isNew, cost, afterMs } of asked) {
      nowMs += afterMs;
      const { allowed } = await (isNew ? after : before).check('k', cost);
      if (allowed) all.push({ atMs: nowMs, units: cost, isNew });
    }
    return all;
  }

  it('fixed window: no more than the larger limit in a window, by the shorter window', async () => {
    await fc.assert(
      fc.asyncProperty(pair, calls, async ([old, next], asked) => {
        const all = await admitted([policy('fixed-window', old)], [policy('fixed-window', next)], asked);
        const [limit, windowMs] = [Math.max(old.limit, next.limit), Math.min(old.windowMs, next.windowMs)];
        for (const { atMs } of all) expect(within(all, atMs, windowMs)).toBeLessThan(2 * limit);
        // The first window begins with the first unit.
        if (all[0] !== undefined) expect(within(all, all[0].atMs, windowMs)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: RUNS },
    );
  });

  it('sliding window: no more than the larger limit in any span of the shorter window', async () => {
    await fc.assert(
      fc.asyncProperty(pair, calls, async ([old, next], asked) => {
        const all = await admitted([policy('sliding-window', old)], [policy('sliding-window', next)], asked);
        const [limit, windowMs] = [Math.max(old.limit, next.limit), Math.min(old.windowMs, next.windowMs)];
        for (const { atMs } of all) expect(within(all, atMs, windowMs)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: RUNS },
    );
  });

  it('token bucket: no more in any span than the larger burst and the faster refill', async () => {
    await fc.assert(
      fc.asyncProperty(pair, calls, async ([old, next], asked) => {
        const [one, other] = [policy('token-bucket', old), policy('token-bucket', next)];
        const all = await admitted([one], [other], asked);
        const burst = Math.max(one.burst, other.burst);
        const perMs = Math.max(old.limit / old.windowMs, next.limit / next.windowMs);
        for (const { atMs: fromMs } of all)
          for (const { atMs } of all)
            if (atMs >= fromMs)
              expect(within(all, fromMs, atMs - fromMs + 1)).toBeLessThanOrEqual(
                burst + (atMs - fromMs) * perMs + 1e-9,
              );
      }),
      { numRuns: RUNS },
    );
  });

  it('where windows are alike, the old and the new limit look at one count', async () => {
    const asked = Array.from({ length: 20 }, (_, i) => ({ isNew: i >= 10, cost: 1, afterMs: 0 }));
    for (const algorithm of ['fixed-window', 'sliding-window', 'token-bucket'] as const) {
      const units = async (old: number, next: number) =>
        (
          await admitted(
            [policy(algorithm, { limit: old, windowMs: 200 })],
            [policy(algorithm, { limit: next, windowMs: 200 })],
            asked,
          )
        ).length;
      expect([await units(3, 8), await units(8, 3)]).toEqual([8, 8]);
    }
  });

  it.each([
    ['another algorithm', ['fixed-window'], ['sliding-window']],
    ['another algorithm', ['sliding-window'], ['token-bucket']],
    ['a policy more', ['fixed-window'], ['fixed-window', 'token-bucket']],
    ['a policy less', ['token-bucket', 'sliding-window'], ['sliding-window']],
  ] as const)('%s: both count apart, and no call fails', async (_, old, next) => {
    await fc.assert(
      fc.asyncProperty(calls, async (asked) => {
        const of = (all: readonly Algorithm[], limit: number) =>
          all.map((algorithm, i) => ({ ...policy(algorithm, { limit, windowMs: 10_000 }), name: `${i}` }));
        const all = await admitted(of(old, 3), of(next, 5), asked);
        for (const [isNew, limit] of [
          [false, 3],
          [true, 5],
        ] as const) {
          const own = all.filter((each) => each.isNew === isNew);
          expect(within(own, 0, Number.POSITIVE_INFINITY)).toBeLessThanOrEqual(limit);
          expect(own.length > 0).toBe(asked.some((each) => each.isNew === isNew));
        }
      }),
      { numRuns: 15 },
    );
  });
});

interface Call {
  readonly isNew: boolean;
  readonly cost: number;
  readonly afterMs: number;
}

interface Admitted {
  readonly atMs: number;
  readonly units: number;
  readonly isNew: boolean;
}

function policy(algorithm: Algorithm, { limit, windowMs }: { limit: number; windowMs: number }): Policy {
  const burst = algorithm === 'token-bucket' ? Math.max(limit, leastBurst(limit, windowMs)) : limit;
  return { name: 'default', algorithm, limit, windowMs, burst, blockForMs: 0 };
}

/** Units in a span. */
function within(all: readonly Admitted[], fromMs: number, ms: number): number {
  return all.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + ms).reduce((sum, { units }) => sum + units, 0);
}
