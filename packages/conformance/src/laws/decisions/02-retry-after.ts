import { type Decision, ManualClock } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand } from '../../run/law-broken.js';
import type { Subject } from '../../run/subject.js';
import { type Calls, play, traceOf } from '../../scene/play.js';
import { limitsOf, type Operation, policiesOf, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES, SCENES_WITH_STEPS_BACK } from '../examples/edge-scenes.js';

export const honestRetryAfter: Law<Scene> = {
  number: 2,
  name: 'honest waiting times',
  sentence: '`retryAfterMs` is honest (waiting it is enough) and minimal (1 ms less is not).',
  values: scenes({ maxSteps: 25, several: true, blocks: true, back: true, windowsAfter: 4 }),
  examples: [...EDGE_SCENES, ...SCENES_WITH_STEPS_BACK],
  print: printScene,
  holds(subject, scene) {
    traceOf(subject, scene).forEach((answer, index) => {
      const operation = scene.operations[index];
      if (typeof answer !== 'object' || operation === undefined || !('cost' in operation)) return;
      const where = `${index + 1}. ${printOperation(operation)}`;
      demand(answer.allowed === (answer.retryAfterMs === 0), () => `${where}: retryAfterMs ${answer.retryAfterMs}`);
      if (!answer.allowed) wait(subject, scene, index, operation, answer, where);
    });
  },
};

function wait(
  subject: Subject,
  scene: Scene,
  index: number,
  { key, cost }: Extract<Operation, { cost: number }>,
  { retryAfterMs, retryAfterSeconds }: Decision,
  where: string,
): void {
  if (policiesOf(scene).some(({ burst }) => cost > burst)) {
    demand(retryAfterMs === Infinity, () => `${where}: retryAfterMs ${retryAfterMs} for a cost that can never fit`);
    return;
  }
  demand(Number.isSafeInteger(retryAfterMs), () => `${where}: retryAfterMs ${retryAfterMs}`);
  demand(
    retryAfterSeconds * 1000 >= retryAfterMs && (retryAfterSeconds - 1) * 1000 < retryAfterMs,
    () => `${where}: retryAfterSeconds ${retryAfterSeconds} for ${retryAfterMs} ms`,
  );
  const clock = new ManualClock(scene.startMs);
  const limiter = playedUpTo(subject, scene, index, clock);
  clock.advance(retryAfterMs - 1);
  const early = limiter.peek(key, cost); // which changes nothing, and agrees with the next call: law 4
  demand(!early.allowed, () => `${where}: allowed 1 ms before its retryAfterMs of ${retryAfterMs}`);
  const blocksAnew = policiesOf(scene).some(({ blockForMs }) => blockForMs > 0);
  demand(early.retryAfterMs === 1 || blocksAnew, () => `${where}: 1 ms before, retryAfterMs was ${early.retryAfterMs}`);
  clock.advance(1);
  demand(limiter.allow(key, cost), () => `${where}: denied after its retryAfterMs of ${retryAfterMs}`);
}

/** A limiter that has played the scene up to the operation. */
function playedUpTo(subject: Subject, scene: Scene, index: number, clock: ManualClock): Calls {
  const limiter = subject.limiter({ ...limitsOf(scene), clock });
  for (const operation of scene.operations.slice(0, index + 1)) play(limiter, clock, operation);
  const operation = scene.operations[index];
  if (operation?.call === 'peek') limiter.check(operation.key, operation.cost); // the call that it foretold
  return limiter;
}
