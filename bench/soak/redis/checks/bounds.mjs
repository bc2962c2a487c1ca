import { BOUNDED, PROCESSES, policiesOf } from '../limiters.mjs';
import { overLimit } from './spans.mjs';

/** What was admitted above a limit: by the server in all processes together, and without it in each by its share. */
export function aboveLimits(tallies) {
  const wrong = [];
  const byServer = tallies.flatMap(({ bounded }) => bounded.filter(({ how }) => how === 'sure'));
  look(byServer, (policy) => policy, 'the server');
  for (const { bounded } of tallies)
    look(
      bounded.filter(({ how }) => how !== 'sure'),
      shareOf,
      'one process alone',
    );
  return wrong;

  function look(admitted, policyOf, whose) {
    for (const of of new Set(admitted.map((each) => each.of))) {
      const calls = admitted.filter((each) => each.of === of);
      policiesOf(BOUNDED[of.split(' ')[0]]).forEach((policy, i) => {
        const over = overLimit(
          policyOf(policy),
          calls.map(({ units, ...when }) => ({ ...when, units: units[i] })),
        );
        if (over !== undefined) wrong.push(`${whose} admitted ${over}, ${of}`);
      });
    }
  }
}

function shareOf(policy) {
  const part = (units) => Math.max(1, Math.floor(units / PROCESSES));
  return { ...policy, limit: part(policy.limit), burst: part(policy.burst ?? policy.limit) };
}
