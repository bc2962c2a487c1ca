import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demandSameTrace, isDenied, isTake, traceOf } from '../../scene/play.js';
import { printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

export const deniedCalls: Law<Scene> = {
  number: 3,
  name: 'denied calls',
  sentence: 'A denied call changes no later decision.',
  values: scenes({ several: true }),
  examples: EDGE_SCENES.filter(({ policy }) => policy.blockForMs === 0),
  print: printScene,
  holds(subject, scene) {
    const all = traceOf(subject, scene);
    const admitted = traceOf(subject, scene, (operation, index) => !isTake(operation) || !isDenied(all[index]));
    demandSameTrace(scene, all, admitted);
  },
};
