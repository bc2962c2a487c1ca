import { type Policy, readOptions } from '@headgate/core-ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recognise } from '../../../src/redis/client/recognise.js';
import { RedisEngine } from '../../../src/redis/engine/redis-engine.js';
import { readRedisOptions } from '../../../src/redis/engine/redis-options.js';
import { serverWithClient, withServers } from '../setup/servers.js';

const RUNS = process.env.CI === 'true' ? 500 : 60;
const MOST = 9;
const [SHORT_MS, LONG_MS] = [1000, 7000];

const limits = fc.integer({ min: 1, max: MOST });
const at = { who: fc.nat({ max: 1 }), afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1500 })) };
const units = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
);
const own = fc.option(fc.tuple(limits, limits), { nil: undefined });

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ...at, what: fc.constantFrom('allow', 'check'), cost: units, own }) },
  { weight: 2, arbitrary: fc.record({ ...at, what: fc.constant('reserve'), cost: units, own }) },
  { weight: 2, arbitrary: fc.record({ ...at, what: fc.constant('settle'), part: fc.integer({ min: 1, max: 100 }) }) },
  fc.record({ ...at, what: fc.constant('update'), to: fc.tuple(limits, limits) }),
  fc.record({ ...at, what: fc.constant('block'), ms: fc.integer({ min: 1, max: 500 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Units that were taken of each policy, and when. */
interface Taken {
  readonly atMs: number;
  units: readonly [number, number];
}

withServers('two engines on one server', async () => {
  const { client } = await serverWithClient();
  let made = 0;

  const policiesOf = (algorithm: Policy['algorithm'], [short, long]: readonly [number, number]) =>
    readOptions({
      limits: [
        { name: 'short', algorithm, limit: short, windowMs: SHORT_MS },
        { name: 'long', algorithm, limit: long, windowMs: LONG_MS },
      ],
    } as never).policies;

  it.each(['fixed-window', 'sliding-window'] as const)(
    'of which one has the old numbers never admit more than the largest limit in a window, whatever else they are asked: %s',
    async (algorithm) => {
      const scene = fc.record({ first: fc.tuple(limits, limits), steps: fc.array(step, { maxLength: 40 }) });
      await fc.assert(
        fc.asyncProperty(scene, ({ first, steps }) => holds(algorithm, first, steps)),
        { numRuns: RUNS },
      );
    },
  );

  async function holds(algorithm: Policy['algorithm'], first: [number, number], steps: readonly Step[]): Promise<void> {
    let nowMs = 1_000_000;
    const options = { prefix: `${++made}:`, deadlineMs: 60_000, onOutage: 'throw', rememberDenialsMs: 0 } as const;
    const engines = [0, 1].map(
      () =>
        new RedisEngine(policiesOf(algorithm, first), recognise(client), readRedisOptions(options), {
          now: () => nowMs,
        }),
    ) as [RedisEngine, RedisEngine];
    const largest: [number, number] = [...first];
    const taken: Taken[] = [];
    const open: {
      who: number;
      number: number;
      cost: readonly [number, number];
      by: Policy[] | undefined;
      taken: Taken;
    }[] = [];
    for (const each of steps) {
      nowMs += each.afterMs;
      const engine = engines[each.who] as RedisEngine;
      if (each.what === 'update') {
        engine.update(policiesOf(algorithm, each.to));
        widen(largest, each.to);
      } else if (each.what === 'block') await engine.block('k', each.ms);
      else if (each.what === 'settle') {
        const reserved = open.pop();
        if (reserved === undefined) continue;
        // Not all: a key that has nothing left begins a new window.
        const actual = reserved.cost.map((cost) => Math.ceil((cost * each.part) / 100)) as [number, number];
        await (engines[reserved.who] as RedisEngine).settle('k', reserved.number, reserved.cost, actual, reserved.by);
        reserved.taken.units = actual;
      } else {
        const by = each.own && [...policiesOf(algorithm, each.own)];
        if (each.own !== undefined) widen(largest, each.own);
        const cost = typeof each.cost === 'number' ? ([each.cost, each.cost] as const) : each.cost;
        const note = { atMs: nowMs, units: cost };
        if (each.what === 'reserve') {
          const { decision, number } = await engine.reserve('k', each.cost, by);
          if (decision.allowed) {
            taken.push(note);
            open.push({ who: each.who, number, cost, by, taken: note });
          }
        } else if (
          each.what === 'allow'
            ? await engine.allow('k', each.cost, by)
            : (await engine.check('k', each.cost, by)).allowed
        )
          taken.push(note);
      }
      demandWithin(algorithm, taken, largest);
    }
  }

  /** A fixed window begins with the first units that are taken when none runs. A sliding one looks back from any time. */
  function demandWithin(
    algorithm: Policy['algorithm'],
    taken: readonly Taken[],
    most: readonly [number, number],
  ): void {
    for (const [p, windowMs] of [SHORT_MS, LONG_MS].entries()) {
      const limit = most[p] as number;
      let startMs = Number.NEGATIVE_INFINITY;
      for (const { atMs, units: first } of taken) {
        if (algorithm === 'sliding-window') startMs = atMs;
        else if (first[0] === 0 || atMs < startMs + windowMs) continue;
        else startMs = atMs;
        const within = taken.filter((each) => each.atMs >= startMs && each.atMs < startMs + windowMs);
        expect(within.reduce((sum, each) => sum + (each.units[p] as number), 0)).toBeLessThanOrEqual(limit);
      }
    }
  }
});

function widen(largest: [number, number], to: readonly [number, number]): void {
  for (const p of [0, 1] as const) largest[p] = Math.max(largest[p], to[p]);
}
