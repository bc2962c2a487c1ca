import { ManualClock } from '@headgate/core-ts';
import { scenes } from '../arbitraries/scene.js';
import type { Law } from '../law.js';
import { demand, demandSame } from '../law-broken.js';
import { type Calls, play } from '../play.js';
import { keysOf, printKey, printOperation, printScene, type Scene } from '../scene.js';
import { EDGE_LIVES, LIVES_WITH_STEPS_BACK } from './edge-lives.js';

export const stepsBack: Law<Scene> = {
  number: 10,
  name: 'clock steps back',
  sentence: 'Clock steps back: nothing granted again, lock-out of one window at the most.',
  values: scenes({ back: true, crowds: true }),
  examples: [...LIVES_WITH_STEPS_BACK, ...EDGE_LIVES],
  print: printScene,
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...scene.policy, clock });
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

function demandOpenAfterOneWindow(
  limiter: Calls,
  clock: ManualClock,
  { policy }: Scene,
  keys: readonly string[],
): void {
  if (policy.limit === 0) return;
  for (const key of keys) {
    const { resetAfterMs } = limiter.peek(key);
    demand(resetAfterMs <= policy.windowMs, () => `key ${printKey(key)} is locked for ${resetAfterMs} ms`);
  }
  clock.advance(policy.windowMs);
  for (const key of keys) {
    demand(limiter.allow(key, policy.limit), () => `key ${printKey(key)} is locked for more than one window`);
  }
}
