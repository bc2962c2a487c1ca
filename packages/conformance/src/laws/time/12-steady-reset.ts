import { type Decision, ManualClock } from '@headgate/core-ts';
import { fixedWindows } from '../../arbitraries/policy.js';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand } from '../../run/law-broken.js';
import { isDenied, isTake, play } from '../../scene/play.js';
import { keysOf, limitsOf, printKey, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

export const steadyReset: Law<Scene> = {
  number: 12,
  name: 'steady reset',
  sentence: 'Within one fixed window the absolute reset time does not move.',
  values: scenes({ policies: fixedWindows, crowds: true }),
  examples: EDGE_SCENES.filter(
    ({ policy: { algorithm, blockForMs } }) => algorithm === 'fixed-window' && blockForMs === 0,
  ),
  print: printScene,
  holds(subject, scene) {
    const { windowMs } = scene.policy;
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const resetsAtMs = new Map<string, number>();
    const keys = keysOf(scene);

    scene.operations.forEach((operation, index) => {
      const answer = play(limiter, clock, operation);
      const nowMs = clock.now();
      const where = `${index + 1}. ${printOperation(operation)}`;
      if (operation.call === 'clear') resetsAtMs.clear();
      if (operation.call === 'reset') resetsAtMs.delete(operation.key);
      for (const [key, atMs] of resetsAtMs) if (atMs <= nowMs) resetsAtMs.delete(key);
      if (isTake(operation) && !isDenied(answer) && operation.cost > 0 && !resetsAtMs.has(operation.key)) {
        resetsAtMs.set(operation.key, nowMs + windowMs);
      }
      if (typeof answer === 'object' && 'key' in operation) demandReset(operation.key, answer, where);
      for (const key of keys) demandReset(key, limiter.peek(key), where);

      function demandReset(key: string, { resetAfterMs, resetAfterSeconds }: Decision, after: string): void {
        const expectedMs = (resetsAtMs.get(key) ?? nowMs) - nowMs;
        demand(
          resetAfterMs === expectedMs && resetAfterSeconds === Math.ceil(expectedMs / 1000),
          () =>
            `${after}: key ${printKey(key)} resets after ${resetAfterMs} ms or ${resetAfterSeconds} s, expected ${expectedMs} ms`,
        );
      }
    });
  },
};
