import { createMapEngine, ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { expect } from 'vitest';
import { PATIENT, type Scene } from './scene.js';

const LARGE = 2 ** 41;

/** Calls of one turn, after some time: most turns are of one kind and cost, so that the short script decides. */
const turn = fc.record({
  afterMs: fc.constantFrom(0, 1, 9, 10, 11, 25),
  kinds: fc.constantFrom(['allow'] as const, ['check'] as const, ['allow', 'check'] as const),
  costs: fc.constantFrom([1], [1], [2], [LARGE - 9], [0, 1, 3, 6]),
  calls: fc.array(fc.tuple(fc.nat(), fc.constantFrom('a', 'b', 'c')), { maxLength: 12 }),
});
const policy = fc.record({ limit: fc.constantFrom(1, 3, 5, LARGE), windowMs: fc.constantFrom(10, 25) });

interface Taking {
  allow(key: string, cost: number): unknown;
  check(key: string, cost: number): unknown;
}

/** By fixed windows alone, many calls of one turn are decided as by the engine in memory, one after the other. */
export async function short({ subject, direct, seed }: Scene): Promise<void> {
  const own = Math.random().toString(36).slice(2);
  let made = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(policy, { minLength: 1, maxLength: 3 }),
      fc.array(turn, { maxLength: 8 }),
      async (all, turns) => {
        const clock = new ManualClock(1_000_000);
        const policies = all.map(({ limit, windowMs }, i) => {
          return { name: `p${i}`, algorithm: 'fixed-window', limit, windowMs, burst: limit, blockForMs: 0 } as const;
        });
        const local = createMapEngine({ policies, clock, shared: undefined, maxKeys: 100, onFull: 'deny' });
        const options = subject.readRedisOptions({ ...PATIENT, rememberDenialsMs: 0, prefix: `${own}:${++made}:` });
        const engine = new subject.RedisEngine(policies, subject.recognise(direct), options, {
          now: () => clock.now(),
        });
        for (const { afterMs, kinds, costs, calls } of turns) {
          clock.advance(afterMs);
          const each = (on: Taking) =>
            calls.map(([n, key]) => on[kinds[n % kinds.length] as 'allow'](key, costs[n % costs.length] as number));
          const expected = each(local);
          expect(await Promise.all(each(engine))).toEqual(expected);
        }
        expect(engine.stats().policies).toEqual(local.stats().policies);
      },
    ),
    { numRuns: 300, endOnFailure: true, ...(seed === undefined ? {} : { seed }) },
  );
}
