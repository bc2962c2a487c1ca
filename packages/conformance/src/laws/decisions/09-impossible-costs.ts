import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import { type Calls, demandSameAnswer, play, traceOf } from '../../scene/play.js';
import { limitsOf, policiesOf, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

interface Excess {
  readonly scene: Scene;
  /** Units above the limit; added to a large limit it may be rounded, and is above it still. */
  readonly above: number;
}

export const impossibleCosts: Law<Excess> = {
  number: 9,
  name: 'impossible costs',
  sentence: '`cost > limit` is denied with `Infinity` and changes nothing.',
  values: fc.record({
    scene: scenes({ several: true, blocks: true, windowsAfter: 4 }),
    above: fc.oneof(fc.constantFrom(1, 2, 2 ** 32, 2 ** 53, Number.MAX_VALUE), fc.integer({ min: 1, max: 100 })),
  }),
  examples: EDGE_SCENES.map((scene) => ({ scene, above: 1 })),
  print: ({ scene, above }) => `${printScene(scene)}\n  with the cost limit + ${above} before each call`,
  holds(subject, { scene, above }) {
    const undisturbed = traceOf(subject, scene);
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    scene.operations.forEach((operation, index) => {
      if ('key' in operation) demandImpossible(limiter, operation.key, mostOf(scene) + above);
      demandSameAnswer(operation, index, play(limiter, clock, operation), undisturbed[index]);
    });
  },
};

/** The most that any policy ever lets through, so that beyond it the cost is impossible for all of them. */
function mostOf(scene: Scene): number {
  return Math.max(...policiesOf(scene).map(({ burst }) => burst));
}

function demandImpossible(limiter: Calls, key: string, cost: number): void {
  const before = limiter.peek(key, 0);
  const held = limiter.stats().activeKeys;
  for (const call of ['peek', 'check'] as const) {
    const decision = limiter[call](key, cost);
    demandSame(`${call} with cost ${cost}: allowed`, decision.allowed, false);
    demandSame(
      `${call} with cost ${cost}: wait`,
      [decision.retryAfterMs, decision.retryAfterSeconds],
      [Infinity, Infinity],
    );
    const rows = before.policies.map((row) => ({ ...row, retryAfterMs: Infinity }));
    demandSame(`${call} with cost ${cost}`, decision.policies, rows);
  }
  demandSame(`allow with cost ${cost}`, limiter.allow(key, cost), false);
  // Fewer is right: a denied call pays for reclaiming like any other.
  demand(limiter.stats().activeKeys <= held, () => `cost ${cost} made an entry`);
}
