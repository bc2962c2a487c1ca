import { ManualClock } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demandSame } from '../../run/law-broken.js';
import { isDenied, isTake, play } from '../../scene/play.js';
import { limitsOf, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES, SCENES_WITH_STEPS_BACK } from '../examples/edge-scenes.js';

export const statistics: Law<Scene> = {
  number: 17,
  name: 'statistics',
  sentence: '`allowed + blocked === totalChecks`, whatever the order of calls.',
  values: scenes({ back: true, crowds: true, several: true, blocks: true, windowsAfter: 4 }),
  examples: [...EDGE_SCENES, ...SCENES_WITH_STEPS_BACK],
  print: printScene,
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    let allowed = 0;
    let blocked = 0;

    scene.operations.forEach((operation, index) => {
      const held = limiter.stats().activeKeys;
      const answer = play(limiter, clock, operation);
      if (isTake(operation) && isDenied(answer)) blocked++;
      if (isTake(operation) && !isDenied(answer)) allowed++;
      if (operation.call === 'crowd') {
        allowed += Number(answer);
        blocked += operation.count - Number(answer);
      }
      const { activeKeys, policies, ...counts } = limiter.stats();
      const where = `${index + 1}. ${printOperation(operation)}: statistics`;
      demandSame(where, counts, { allowed, blocked, totalChecks: allowed + blocked, evictions: 0, rejectedFull: 0 });
      const denied = policies.reduce((sum, each) => sum + each.denied, 0);
      demandSame(`${where}, denials of all policies`, denied, blocked);
      if (isTake(operation) && operation.cost === 0)
        demandSame(`${where}, entries after a cost of 0`, activeKeys <= held, true);
      demandSame(`${where}, whole entries`, Number.isSafeInteger(activeKeys) && activeKeys >= 0, true);
    });
  },
};
