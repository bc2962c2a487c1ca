import { ManualClock, type Policy } from '@headgate/core-ts';
import fc from 'fast-check';
import { byEachAlgorithm, policies, policyOf } from '../../arbitraries/policy.js';
import { type SceneKinds, scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand } from '../../run/law-broken.js';
import { printPolicy, printScene, type Scene } from '../../scene/scene.js';
import { demandBound, type Taken } from '../support/bounds.js';

interface LimitedScene {
  readonly scene: Scene;
  /** What the calls come with, in turn. */
  readonly limits: readonly number[];
}

const kinds: SceneKinds = { policies, forgetting: false };

const takes = (...costs: readonly number[]): Scene['operations'] =>
  costs.map((cost) => ({ call: 'check', key: 'a', cost }));

function limitedBy(limits: readonly number[], operations: Scene['operations']): LimitedScene[] {
  return byEachAlgorithm((algorithm) => {
    return { scene: { policy: policyOf({ algorithm, limit: 1000, windowMs: 1000 }), startMs: 0, operations }, limits };
  });
}

export const limitsOfCalls: Law<LimitedScene> = {
  number: 23,
  name: 'limits of calls',
  sentence:
    'A key has one count, whatever limits its calls come with: no more is admitted than the largest of them admits, and nothing is denied that fits the smallest.',
  values: fc.record({
    scene: scenes(kinds),
    limits: fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom(0, 100)), { minLength: 1, maxLength: 4 }),
  }),
  examples: [
    ...limitedBy([20, 21], takes(...Array.from({ length: 22 }, () => 1))),
    ...limitedBy([3], [...takes(3), { call: 'advance', ms: 500 }, { call: 'cleanupExpired' }, ...takes(3, 1)]),
    ...limitedBy([3, 10], [...takes(1, 9), { call: 'advance', ms: 350 }, ...takes(1, 5, 1)]),
  ],
  print: ({ scene, limits }) => `${printScene(scene)}\nlimits of its calls, in turn: ${limits.join(', ')}`,
  /** Beside it there is a limiter with the smallest limit, which is charged whatever the first one admits. */
  holds(subject, { scene, limits }) {
    const { name, algorithm, windowMs } = scene.policy;
    const own = { name, algorithm, windowMs };
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...own, limit: scene.policy.limit, clock });
    const [least, most] = [Math.min(...limits), Math.max(...limits)];
    const smallest = subject.limiter({ ...own, limit: least, clock });
    const largest: Policy = policyOf({ ...own, limit: most });
    const taken = new Map<string, Taken[]>();
    let calls = 0;
    for (const operation of scene.operations) {
      if (operation.call === 'advance') clock.advance(operation.ms);
      else if (operation.call === 'cleanupExpired') limiter.cleanupExpired();
      else if ('cost' in operation) {
        const { key, cost } = operation;
        const limit = limits[calls++ % limits.length] as number;
        const { allowed } = limiter.check(key, cost, { limit });
        if (!allowed) {
          demand(!smallest.peek(key, cost).allowed, () => `${key}: ${cost} of ${limit} was denied, and fits ${least}`);
          continue;
        }
        if (cost === 0) continue;
        smallest.reserve(key, 0).commit(cost);
        const log = [...(taken.get(key) ?? []), { atMs: BigInt(clock.now()), cost: BigInt(cost) }];
        taken.set(key, log);
        demandBound(log, largest, `${key}, by ${printPolicy(largest)}`);
      }
    }
  },
};
