import { ManualClock } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import { Model } from '../../model/model.js';
import type { Law } from '../../run/law.js';
import { demandSame } from '../../run/law-broken.js';
import { type Calls, demandSameAnswer, play } from '../../scene/play.js';
import { keysOf, limitsOf, policiesOf, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { CHANGED_SCENES } from '../examples/changed-scenes.js';
import { EDGE_SCENES, SCENES_WITH_STEPS_BACK } from '../examples/edge-scenes.js';
import { LIMITED_SCENES } from '../examples/limited-scenes.js';
import { RESERVED_SCENES } from '../examples/reserved-scenes.js';
import { countsKeys } from '../support/counts-keys.js';

export const agreesWithModel: Law<Scene> = {
  number: 16,
  name: 'differential',
  sentence: 'Every engine gives the same decisions as the model on the same scene, field by field.',
  values: scenes({
    back: true,
    crowds: true,
    several: true,
    blocks: true,
    reservations: true,
    updates: true,
    own: true,
    windowsAfter: 4,
    maxSteps: 60,
  }),
  examples: [...EDGE_SCENES, ...SCENES_WITH_STEPS_BACK, ...RESERVED_SCENES, ...CHANGED_SCENES, ...LIMITED_SCENES],
  print: printScene,
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    demandSamePlay(scene, clock, subject.limiter({ ...limitsOf(scene), clock }), new Model(policiesOf(scene), clock));
  },
};

/**
 * Plays a scene on two limiters that read one clock. Entries are compared right after a cleanup only, since
 * each reclaims when it likes.
 */
export function demandSamePlay(scene: Scene, clock: ManualClock, actual: Calls, expected: Calls): void {
  scene.operations.forEach((operation, index) => {
    if (operation.call === 'advance') {
      clock.advance(operation.ms);
      return;
    }
    demandSameAnswer(operation, index, play(actual, clock, operation), play(expected, clock, operation));
    const { activeKeys, ...counts } = expected.stats();
    const { activeKeys: held, ...found } = actual.stats();
    const exact = operation.call === 'cleanupExpired' && countsKeys(actual);
    const where = `${index + 1}. ${printOperation(operation)}: statistics`;
    demandSame(where, exact ? { ...found, held } : found, exact ? { ...counts, held: activeKeys } : counts);
  });
  for (const key of keysOf(scene)) demandSame('at the end', actual.peek(key), expected.peek(key));
}
