import { type Decision, ManualClock } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import { play } from '../../scene/play.js';
import { limitsOf, policiesOf, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

export const allOrNothing: Law<Scene> = {
  number: 14,
  name: 'all or nothing',
  sentence:
    'Several limits on one call: any denial means that none is charged; the decision reported is the one that binds.',
  values: scenes({ several: true, crowds: true }),
  examples: EDGE_SCENES.filter(({ policy }) => policy.blockForMs === 0),
  print: printScene,
  /** Beside the limiter there is one limiter per policy, which is asked first and then told what came of it. */
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const apart = policiesOf(scene).map((policy) =>
      subject.limiter({ ...limitsOf({ policy, startMs: 0, operations: [] }), clock }),
    );

    scene.operations.forEach((operation, index) => {
      const where = `${index + 1}. ${printOperation(operation)}`;
      if (operation.call !== 'allow' && operation.call !== 'check') {
        play(limiter, clock, operation);
        if (operation.call !== 'advance') for (const each of apart) play(each, clock, operation);
        return;
      }
      const { key, cost } = operation;
      const asked = apart.map((each) => each.peek(key, cost));
      const fits = asked.every(({ allowed }) => allowed);
      const rows = asked.map((each) => (fits ? undefined : each.policies[0]));
      const decision = limiter.check(key, cost);
      demandSame(`${where}: allowed`, decision.allowed, fits);
      const expected = fits ? apart.map((each) => each.check(key, cost).policies[0]) : rows;
      demandSame(`${where}: rows`, decision.policies, expected);
      demandBinding(decision, where);
    });
  },
};

function demandBinding(decision: Decision, where: string): void {
  const { allowed, policies, policy } = decision;
  const binding = policies.find(({ name }) => name === policy);
  demand(binding !== undefined, () => `${where}: no row is named ${policy}`);
  const { limit, remaining, resetAfterMs, retryAfterMs } = decision;
  demandSame(`${where}: the top`, { name: policy, limit, remaining, resetAfterMs, retryAfterMs }, binding);
  for (const row of policies) {
    const looser = allowed
      ? row.remaining > remaining || (row.remaining === remaining && row.resetAfterMs <= resetAfterMs)
      : row.retryAfterMs <= retryAfterMs;
    demand(looser, () => `${where}: ${row.name} binds, and ${policy} was reported`);
  }
}
