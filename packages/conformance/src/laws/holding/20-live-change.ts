import { ManualClock, type Policy, type PolicyRow } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import { play } from '../../scene/play.js';
import { keysOf, limitsOf, policiesOf, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { CHANGED_SCENES } from '../examples/changed-scenes.js';

export const liveChange: Law<Scene> = {
  number: 20,
  name: 'live change',
  sentence:
    '`update` keeps the units that a key has used within the span that the new policy looks at; from the next call on only the new numbers decide.',
  values: scenes({ several: true, updates: true, windowsAfter: 4 }),
  examples: CHANGED_SCENES,
  print: printScene,
  /**
   * After each update every key is looked at, and then whether any time but that of the new numbers is left. A twin
   * is switched off before each, by limits of 0, which is nothing that can be seen once it is on again.
   */
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const twin = subject.limiter({ ...limitsOf(scene), clock });
    let policies = policiesOf(scene);
    scene.operations.forEach((operation, index) => {
      if (operation.call !== 'update') {
        play(limiter, clock, operation);
        if (operation.call !== 'advance') play(twin, clock, operation);
        return;
      }
      const rowsOf = () => keysOf(scene).map((key) => limiter.peek(key, 0).policies);
      const before = rowsOf();
      const counts = limiter.stats();
      play(limiter, clock, operation);
      const where = `${index + 1}. ${printOperation(operation)}`;
      play(twin, clock, { call: 'update', policies: policies.map((each) => ({ ...each, limit: 0, burst: 0 })) });
      play(twin, clock, operation);
      for (const key of keysOf(scene))
        demandSame(`${where}: off and on again`, twin.peek(key, 0), limiter.peek(key, 0));
      demandSame(`${where}: policies`, limiter.policies, operation.policies);
      demandSame(`${where}: statistics`, limiter.stats(), counts);
      rowsOf().forEach((rows, key) => {
        rows.forEach((row, i) => {
          const [from, to] = [policies[i] as Policy, operation.policies[i] as Policy];
          demandKept(before[key]?.[i] as PolicyRow, row, from, to, `${where}: key ${keysOf(scene)[key]}`);
        });
      });
      policies = operation.policies;
    });
  },
};

function demandKept(was: PolicyRow, row: PolicyRow, from: Policy, to: Policy, where: string): void {
  demandSame(`${where}: limit`, row.limit, to.limit);
  const used = from.burst - was.remaining;
  const kept = Math.max(0, to.burst - used);
  // A part of a unit that is owed may become a whole one, since it is rounded up.
  const least = to.algorithm === 'token-bucket' ? Math.max(0, kept - 1) : kept;
  const goesOn = to.windowMs >= from.windowMs || to.algorithm === 'token-bucket';
  if (used <= from.burst && was.remaining > 0 && goesOn) {
    const fits = row.remaining === kept || row.remaining === least;
    demand(fits, () => `${where}: ${used} were used, and ${row.remaining} of ${to.burst} are left`);
  }
  // Where the window is shorter, some may count no more; none are added.
  demand(row.remaining >= least || was.remaining === 0, () => `${where}: only ${row.remaining} are left`);
  if (to.algorithm === 'fixed-window' && row.resetAfterMs > 0)
    demandSame(`${where}: reset`, row.resetAfterMs - was.resetAfterMs, to.windowMs - from.windowMs);
}
