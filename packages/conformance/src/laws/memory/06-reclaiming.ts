import { ManualClock, type RateLimiter } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import { type Calls, demandSameAnswer, isLive, play } from '../../scene/play.js';
import { keysOf, limitsOf, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';
import { countsKeys } from '../support/counts-keys.js';

export const reclaiming: Law<Scene> = {
  number: 6,
  name: 'reclaiming',
  sentence: '`cleanupExpired` and automatic reclaiming cannot be observed through decisions.',
  values: scenes({ crowds: true, several: true, blocks: true, windowsAfter: 4 }),
  examples: EDGE_SCENES,
  print: printScene,
  share: 0.5,
  /**
   * Each key has a limiter of its own too, made when the key is first named, which sees no other key and no
   * cleanup: what it reclaims, it reclaims at other times.
   */
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const undisturbed = new Map<string, RateLimiter>();
    const keys = keysOf(scene, true);

    scene.operations.forEach((operation, index) => {
      if (operation.call === 'cleanupExpired') {
        cleanUp(limiter, keys, index);
        return;
      }
      const answer = play(limiter, clock, operation);
      if (operation.call === 'clear') undisturbed.clear();
      if (!('key' in operation)) return;
      const own = undisturbed.get(operation.key) ?? subject.limiter({ ...limitsOf(scene), clock });
      undisturbed.set(operation.key, own);
      demandSameAnswer(operation, index, answer, play(own, clock, operation));
      if (operation.call === 'reset') demandLiveAmong(limiter.stats().activeKeys, limiter, keys, index);
    });
    cleanUp(limiter, keys, scene.operations.length);
  },
};

/** Right after a cleanup, no expired keys are held; what it answers is the difference that it made. */
function cleanUp(limiter: Calls, keys: readonly string[], index: number): void {
  const before = limiter.stats().activeKeys;
  const went = limiter.cleanupExpired();
  if (!countsKeys(limiter)) return;
  const after = limiter.stats().activeKeys;
  const live = demandLiveAmong(before, limiter, keys, index);
  demandSame(`${index + 1}. activeKeys after cleanupExpired()`, after, live);
  demandSame(`${index + 1}. cleanupExpired()`, went, before - after);
  demandSame(`${index + 1}. cleanupExpired() once more`, limiter.cleanupExpired(), 0);
}

/** Counts the live keys: all of them are held, and expired ones may be among them. */
function demandLiveAmong(held: number, limiter: Calls, keys: readonly string[], index: number): number {
  const live = keys.filter((key) => isLive(limiter.peek(key))).length;
  if (!countsKeys(limiter)) return live;
  demand(
    held >= live && held <= keys.length,
    () => `${index + 1}. ${held} entries held, with ${live} of ${keys.length} keys live`,
  );
  return live;
}
