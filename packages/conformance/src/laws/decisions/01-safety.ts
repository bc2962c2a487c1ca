import { ManualClock } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import type { Subject } from '../../run/subject.js';
import { isDenied, isTake, play } from '../../scene/play.js';
import { limitsOf, policiesOf, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';
import { demandBound, type Taken } from '../support/bounds.js';

export const safety: Law<Scene> = {
  number: 1,
  name: 'safety',
  sentence: "Units admitted in any span obey the algorithm's bound.",
  values: scenes({ crowds: true, several: true }),
  examples: EDGE_SCENES,
  print: printScene,
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    demandBounds(subject, scene, clock, () => BigInt(clock.now()));
  },
};

/** Plays a scene and tries every span of what is taken; `timeMs` is asked at each call that reads the clock. */
export function demandBounds(subject: Subject, scene: Scene, clock: ManualClock, timeMs: () => bigint): void {
  const limiter = subject.limiter({ ...limitsOf(scene), clock });
  let taken = new Map<string, Taken[]>();

  for (const operation of scene.operations) {
    const answer = play(limiter, clock, operation);
    if (operation.call === 'clear') taken = new Map();
    if (operation.call === 'reset') taken.delete(operation.key);
    if (operation.call === 'advance' || operation.call === 'clear') continue;
    const atMs = timeMs();
    if (!isTake(operation) || isDenied(answer) || operation.cost === 0) continue;
    const log = taken.get(operation.key) ?? [];
    taken.set(operation.key, [...log, { atMs, cost: BigInt(operation.cost) }]);
    for (const policy of policiesOf(scene)) demandBound(taken.get(operation.key) ?? [], policy, operation.key);
  }
}
