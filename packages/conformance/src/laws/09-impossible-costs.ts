import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { scenes } from '../arbitraries/scene.js';
import type { Law } from '../law.js';
import { demand, demandSame } from '../law-broken.js';
import { type Calls, outcomes, play, sameOutcome } from '../play.js';
import { printScene, type Scene } from '../scene.js';
import { EDGE_LIVES } from './edge-lives.js';

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
    scene: scenes(),
    above: fc.oneof(fc.constantFrom(1, 2, 2 ** 32, 2 ** 53, Number.MAX_VALUE), fc.integer({ min: 1, max: 100 })),
  }),
  examples: EDGE_LIVES.map((scene) => ({ scene, above: 1 })),
  print: ({ scene, above }) => `${printScene(scene)}\n  with the cost limit + ${above} before each call`,
  holds(subject, { scene, above }) {
    const undisturbed = outcomes(subject, scene);
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...scene.policy, clock });
    scene.operations.forEach((operation, index) => {
      if ('key' in operation) demandImpossible(limiter, operation.key, scene.policy.limit + above);
      sameOutcome(operation, index, play(limiter, clock, operation), undisturbed[index]);
    });
  },
};

function demandImpossible(limiter: Calls, key: string, cost: number): void {
  const { remaining, resetAfterMs, ...before } = limiter.peek(key, 0);
  const held = limiter.stats().activeKeys;
  const expected = {
    ...before,
    remaining,
    resetAfterMs,
    allowed: false,
    retryAfterMs: Infinity,
    retryAfterSeconds: Infinity,
  };
  demandSame(`peek with cost ${cost}`, limiter.peek(key, cost), expected);
  demandSame(`check with cost ${cost}`, limiter.check(key, cost), expected);
  demandSame(`allow with cost ${cost}`, limiter.allow(key, cost), false);
  // Fewer is right: a denied call pays for reclaiming like any other.
  demand(limiter.stats().activeKeys <= held, () => `cost ${cost} made an entry`);
}
