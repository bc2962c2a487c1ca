import { ManualClock } from '@headgate/core-ts';
import { spanMsOf } from '../arbitraries/policy.js';
import { scenes } from '../arbitraries/scene.js';
import type { Law } from '../law.js';
import { demand, demandSame } from '../law-broken.js';
import { type Calls, play } from '../play.js';
import { keysOf, limitsOf, policiesOf, printKey, printOperation, printScene, type Scene } from '../scene.js';
import { EDGE_LIVES, LIVES_WITH_STEPS_BACK } from './edge-lives.js';

export const stepsBack: Law<Scene> = {
  number: 10,
  name: 'clock steps back',
  sentence: 'Clock steps back: nothing granted again, lock-out of one window at the most.',
  values: scenes({ back: true, crowds: true, several: true }),
  examples: [...LIVES_WITH_STEPS_BACK, ...EDGE_LIVES.filter(({ policy }) => policy.blockForMs === 0)],
  print: printScene,
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const keys = keysOf(scene);

    scene.operations.forEach((operation, index) => {
      if (operation.call !== 'advance' || operation.ms >= 0) {
        play(limiter, clock, operation);
        return;
      }
      const before = keys.map((key) => limiter.peek(key));
      clock.advance(operation.ms);
      keys.forEach((key, i) => {
        const where = `${index + 1}. ${printOperation(operation)}: key ${printKey(key)}`;
        demandSame(where, limiter.peek(key), before[i]);
      });
    });
    demandOpenAfterOneWindow(limiter, clock, scene, keys);
  },
};

function demandOpenAfterOneWindow(limiter: Calls, clock: ManualClock, scene: Scene, keys: readonly string[]): void {
  const most = Math.min(...policiesOf(scene).map(({ burst }) => burst));
  const spanMs = Math.max(...policiesOf(scene).map(spanMsOf));
  if (most === 0) return;
  for (const key of keys) {
    const { resetAfterMs } = limiter.peek(key);
    demand(resetAfterMs <= spanMs, () => `key ${printKey(key)} is locked for ${resetAfterMs} ms`);
  }
  clock.advance(spanMs);
  for (const key of keys) {
    demand(limiter.allow(key, most), () => `key ${printKey(key)} is locked for more than one window`);
  }
}
