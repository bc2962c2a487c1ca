import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { isDenied, isTake, outcomes, sameOutcomes } from '../../scene/play.js';
import { printScene, type Scene } from '../../scene/scene.js';
import { EDGE_LIVES } from '../examples/edge-scenes.js';

export const deniedCalls: Law<Scene> = {
  number: 3,
  name: 'denied calls',
  sentence: 'A denied call changes no later decision.',
  values: scenes({ several: true }),
  examples: EDGE_LIVES.filter(({ policy }) => policy.blockForMs === 0),
  print: printScene,
  holds(subject, scene) {
    const all = outcomes(subject, scene);
    const admitted = outcomes(subject, scene, (operation, index) => !isTake(operation) || !isDenied(all[index]));
    sameOutcomes(scene, all, admitted);
  },
};
