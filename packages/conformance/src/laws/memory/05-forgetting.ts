import { ManualClock, type RateLimiter } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demandSame } from '../../run/law-broken.js';
import { type Calls, demandSameAnswer, isLive, play } from '../../scene/play.js';
import { limitsOf, printKey, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

export const forgetting: Law<Scene> = {
  number: 5,
  name: 'forgetting',
  sentence: 'After `reset` or `clear` a key behaves as never seen.',
  values: scenes({ crowds: true, several: true, blocks: true, windowsAfter: 5 }),
  examples: EDGE_SCENES,
  print: printScene,
  /** From each reset on, the key is played on a second, new limiter too, and both must answer the same. */
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const newcomers = new Map<string, RateLimiter>();
    let newcomer: RateLimiter | undefined;

    scene.operations.forEach((operation, index) => {
      if (operation.call === 'advance') {
        clock.advance(operation.ms);
        return;
      }
      if (operation.call === 'clear') {
        clearAll(limiter, index);
        newcomers.clear();
        newcomer = subject.limiter({ ...limitsOf(scene), clock });
        return;
      }
      if (operation.call === 'reset') {
        resetOne(limiter, operation.key, index);
        newcomers.set(operation.key, subject.limiter({ ...limitsOf(scene), clock }));
        return;
      }
      const answer = play(limiter, clock, operation);
      const twin = ('key' in operation && newcomers.get(operation.key)) || newcomer;
      if (twin !== undefined) demandSameAnswer(operation, index, answer, play(twin, clock, operation));
    });
  },
};

function resetOne(limiter: Calls, key: string, index: number): void {
  const where = `${index + 1}. reset(${printKey(key)})`;
  const live = isLive(limiter.peek(key));
  demandSame(`${where} of a key that ${live ? 'is' : 'is not'} live`, limiter.reset(key), live);
  demandSame(`${where} once more`, limiter.reset(key), false);
}

function clearAll(limiter: Calls, index: number): void {
  const before = limiter.stats();
  limiter.clear();
  demandSame(`${index + 1}. clear(): statistics`, limiter.stats(), { ...before, activeKeys: 0 });
  demandSame(`${index + 1}. clear(): cleanupExpired() right after`, limiter.cleanupExpired(), 0);
}
