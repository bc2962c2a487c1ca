import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import type { Subject } from '../../run/subject.js';
import { type Calls, play } from '../../scene/play.js';
import { limitsOf, printKey, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

interface Batch {
  readonly scene: Scene;
  readonly key: string;
  /** What is taken one by one: as many as fit, and at most this. */
  readonly units: number;
}

export const batches: Law<Batch> = {
  number: 8,
  name: 'batches',
  sentence: '`n` calls of cost 1 at one instant equal one call of cost `n` when `n` fits.',
  values: fc.record({
    scene: scenes({ several: true }),
    key: fc.constantFrom('a', 'b', 'new'),
    units: fc.integer({ min: 1, max: 40 }),
  }),
  examples: EDGE_SCENES.map((scene) => ({ scene, key: 'a', units: 2 })),
  print: ({ scene, key, units }) => `${printScene(scene)}\n  then ${units} units of ${printKey(key)}, or what is left`,
  holds(subject, { scene, key, units }) {
    const apart = after(subject, scene);
    const atOnce = after(subject, scene);
    const n = Math.min(units, apart.limiter.remaining(key));
    if (n === 0) return;

    const last = Array.from({ length: n }, () => apart.limiter.check(key)).at(-1);
    demand(last?.allowed === true, () => `${n} units fit, and the last was denied`);
    demandSame(`one call of ${n} units`, atOnce.limiter.check(key, n), last);
    for (const ms of [0, scene.policy.windowMs - 1, 1]) {
      apart.clock.advance(ms);
      atOnce.clock.advance(ms);
      demandSame('later', atOnce.limiter.peek(key), apart.limiter.peek(key));
    }
  },
};

function after(subject: Subject, scene: Scene): { limiter: Calls; clock: ManualClock } {
  const clock = new ManualClock(scene.startMs);
  const limiter = subject.limiter({ ...limitsOf(scene), clock });
  for (const operation of scene.operations) play(limiter, clock, operation);
  return { limiter, clock };
}
