import { ManualClock, type RateLimiter } from '@headgate/core-ts';
import { confusableKeys, KEY_FAMILIES } from '../../arbitraries/key.js';
import { policyOf } from '../../arbitraries/policy.js';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demandSame } from '../../run/law-broken.js';
import { demandSameAnswer, play } from '../../scene/play.js';
import { limitsOf, policiesOf, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

export const independence: Law<Scene> = {
  number: 7,
  name: 'independent keys',
  sentence:
    'Keys are independent: any JavaScript string is a key of its own, including the empty string, lone surrogates, NUL, 10 kB strings, strings that differ in one UTF-16 unit however far behind, strings that look like what an engine makes of others, and names such as `__proto__`.',
  values: scenes({ keys: confusableKeys, crowds: true, several: true }),
  examples: [...KEY_FAMILIES.map(eachOnce), ...KEY_FAMILIES.map(eachUntilDenied), ...EDGE_SCENES],
  print: printScene,
  /** Each key has a limiter of its own too, which sees nothing but that key's calls. */
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const alone = new Map<string, RateLimiter>();
    let crowded = false;

    scene.operations.forEach((operation, index) => {
      const answer = play(limiter, clock, operation);
      if (operation.call === 'clear') alone.clear();
      if (operation.call === 'crowd' && !crowded) {
        crowded = true;
        demandSame(
          `${index + 1}. a crowd of keys never seen`,
          answer,
          policiesOf(scene).every(({ burst }) => burst > 0) ? operation.count : 0,
        );
      }
      if (!('key' in operation)) return;
      const own = alone.get(operation.key) ?? subject.limiter({ ...limitsOf(scene), clock });
      alone.set(operation.key, own);
      demandSameAnswer(operation, index, answer, play(own, clock, operation));
    });
  },
};

function eachOnce(keys: readonly string[]): Scene {
  return {
    policy: policyOf({ limit: 1, windowMs: 1000 }),
    startMs: 0,
    operations: keys.map((key) => ({ call: 'check', key, cost: 1 })),
  };
}

/** So that each key comes after another was denied. */
function eachUntilDenied(keys: readonly string[]): Scene {
  const twice = keys.flatMap((key) => [key, key]);
  return { ...eachOnce([]), operations: twice.map((key) => ({ call: 'allow', key, cost: 1 })) };
}
