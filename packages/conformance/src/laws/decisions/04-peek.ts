import { type Decision, ManualClock, type PolicyRow } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import { type Calls, demandSameAnswer, play, traceOf } from '../../scene/play.js';
import { limitsOf, type Operation, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

export const peeking: Law<Scene> = {
  number: 4,
  name: 'peeking',
  sentence: '`peek` and `remaining` change nothing, and agree with the next real call.',
  values: scenes({ several: true, blocks: true, windowsAfter: 4 }),
  examples: EDGE_SCENES,
  print: printScene,
  holds(subject, scene) {
    const unpeeked = traceOf(subject, scene, ({ call }) => call !== 'peek' && call !== 'remaining');
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });

    scene.operations.forEach((operation, index) => {
      const where = `${index + 1}. ${printOperation(operation)}`;
      const agree = 'cost' in operation ? foresee(limiter, operation, where) : undefined;
      const answer = play(limiter, clock, operation);
      if (unpeeked[index] !== undefined) demandSameAnswer(operation, index, answer, unpeeked[index]);
      if (operation.call !== 'peek') agree?.(answer);
    });
  },
};

/** Peeks, and answers what to demand of the same call made in earnest right after. */
function foresee(
  limiter: Calls,
  { key, cost }: Extract<Operation, { cost: number }>,
  where: string,
): (answer: unknown) => void {
  const before = limiter.stats();
  const peeked = limiter.peek(key, cost);
  demandSame(`${where}: remaining() beside peek()`, limiter.remaining(key), limiter.peek(key).remaining);
  const after = limiter.stats();
  demand(after.activeKeys <= before.activeKeys, () => `${where}: peeking made an entry`);
  // Entries may go, since a peek pays for reclaiming like any call.
  demandSame(`${where}: statistics after peeking`, after, { ...before, activeKeys: after.activeKeys });

  return (answer) => {
    if (typeof answer === 'boolean') return demandSame(`${where}: allow() after peek()`, answer, peeked.allowed);
    if (!peeked.allowed) return demandSame(`${where}: check() after peek()`, answer, peeked);
    const taken = answer as Decision;
    demandSame(`${where}: check() after peek()`, taken.allowed, true);
    demandSame(`${where}: rows after peek()`, taken.policies.map(leftOf), peeked.policies.map(lessTheCost));
  };

  function lessTheCost(row: PolicyRow): unknown {
    return leftOf({ ...row, remaining: row.remaining - cost });
  }
}

/** What a taking tells about a row beforehand: when the key will be fresh depends on the algorithm. */
function leftOf({ name, limit, remaining, retryAfterMs }: PolicyRow): unknown {
  return { name, limit, remaining, retryAfterMs };
}
