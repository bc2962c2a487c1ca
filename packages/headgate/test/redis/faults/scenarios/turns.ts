import { createMapEngine, type Decision, ManualClock, type Policy } from '@headgate/core-ts';
import fc from 'fast-check';
import { expect } from 'vitest';
import { PATIENT, type Scene } from './scene.js';

const BIG = 2 ** 44;

const POLICIES: Record<string, readonly Policy[]> = {
  fixed: [policy('fixed-window', 5)],
  large: [policy('fixed-window', 2 ** 52)],
  sliding: [policy('sliding-window', 5)],
  several: [policy('fixed-window', 6, 30), policy('token-bucket', 4)],
};

type Kind = 'allow' | 'check' | 'peek' | 'reserve' | 'settle' | 'block' | 'reset';

const call = fc.record({
  kind: fc.constantFrom<Kind[]>('allow', 'allow', 'allow', 'check', 'peek', 'reserve', 'settle', 'block', 'reset'),
  key: fc.constantFrom('a', 'b', 'c'),
  cost: fc.constantFrom(0, 1, 1, 2, 3, 9, BIG),
});
const turn = fc.record({ afterMs: fc.constantFrom(0, 1, 9, 10), calls: fc.array(call, { maxLength: 14 }) });
const trace = fc.record({
  name: fc.constantFrom(...Object.keys(POLICIES)),
  turns: fc.array(turn, { minLength: 1, maxLength: 8 }),
});
/** What chance seldom makes: a state of many units that the long script writes in the short form. */
const MANY_UNITS = {
  name: 'large',
  turns: [
    { afterMs: 0, calls: [of('check', BIG), of('reserve', 1)] },
    { afterMs: 1, calls: [of('settle', 1)] },
    { afterMs: 1, calls: [of('check', 1)] },
  ],
};
/** More calls than go in one script call. */
const MANY = { name: 'sliding', keys: 1001 };

/** Many calls of all kinds in one turn are decided as by the engine in memory, one after the other. */
export async function turns({ subject, direct, seed }: Scene): Promise<void> {
  let made = 0;
  const own = Math.random().toString(36).slice(2);
  const pair = (policies: readonly Policy[]) => {
    const clock = new ManualClock(1_000_000);
    const options = subject.readRedisOptions({ ...PATIENT, rememberDenialsMs: 0, prefix: `${own}:${++made}:` });
    const remote = new subject.RedisEngine(policies, subject.recognise(direct), options, { now: () => clock.now() });
    const local = createMapEngine({ policies, clock, shared: undefined, maxKeys: 2000, onFull: 'deny' });
    return { clock, remote, local };
  };
  const { remote } = pair(POLICIES[MANY.name] as readonly Policy[]);
  const many = await Promise.race([
    Promise.all(Array.from({ length: MANY.keys }, (_, i) => remote.check(`${i}`, 1))),
    new Promise<never[]>((resolve) => setTimeout(resolve, 10_000, [])),
  ]);
  expect(many.filter(({ allowed }) => allowed)).toHaveLength(MANY.keys);

  await fc.assert(
    fc.asyncProperty(trace, async ({ name, turns }) => {
      const { clock, remote, local } = pair(POLICIES[name] as readonly Policy[]);
      const open: { key: string; cost: number; remote: number; local: number }[] = [];
      for (const { afterMs, calls } of turns) {
        clock.advance(afterMs);
        const expected: unknown[] = [];
        const answers = calls.map(async ({ kind, key, cost }) => {
          const at = expected.length;
          if (kind === 'settle') {
            const taken = open.shift();
            if (taken === undefined) return expected.push(true) > 0;
            expected.push(told(local.settle(taken.key, taken.local, taken.cost, cost % BIG)));
            return told(await remote.settle(taken.key, taken.remote, taken.cost, cost % BIG));
          }
          if (kind === 'block') {
            expected.push(local.block(key, 5));
            return remote.block(key, 5);
          }
          if (kind === 'reserve') {
            const here = local.reserve(key, cost);
            expected.push(told(here.decision));
            const there = await remote.reserve(key, cost);
            if (here.decision.allowed) open.push({ key, cost, remote: there.number, local: here.number });
            return told(there.decision);
          }
          const [here, there] =
            kind === 'reset'
              ? [local.reset(key), remote.reset(key)]
              : [local[kind](key, cost), remote[kind](key, cost)];
          expected[at] = told(here);
          return told(await there);
        });
        expect(await Promise.all(answers)).toEqual(expected);
      }
      const [{ allowed, blocked }, here] = [remote.stats(), local.stats()];
      expect({ allowed, blocked }).toEqual({ allowed: here.allowed, blocked: here.blocked });
    }),
    { numRuns: 150, examples: [[MANY_UNITS]], endOnFailure: true, ...(seed === undefined ? {} : { seed }) },
  );
}

function told(answer: boolean | Decision): unknown {
  if (typeof answer === 'boolean') return answer;
  const { allowed, policy, limit, remaining, resetAfterMs, retryAfterMs, policies } = answer;
  const rows = policies.map((row) => [row.remaining, row.resetAfterMs, row.retryAfterMs]);
  return { allowed, policy, limit, remaining, resetAfterMs, retryAfterMs, rows };
}

function policy(algorithm: Policy['algorithm'], limit: number, windowMs = 10): Policy {
  return { name: algorithm, algorithm, limit, windowMs, burst: limit, blockForMs: 0 };
}

function of(kind: Kind, cost: number) {
  return { kind, key: 'a', cost };
}
