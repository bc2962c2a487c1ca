import { ManualClock, type RateLimiter } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import { demandSameAnswer, isDenied, isTake, play } from '../../scene/play.js';
import { keysOf, limitsOf, type Operation, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

export const refunds: Law<Scene> = {
  number: 15,
  name: 'refunds',
  sentence: 'A refund restores exactly what was taken, at most once, and never leaks into a later window.',
  values: scenes({ several: true, windowsAfter: 14 }),
  examples: EDGE_SCENES.filter(({ policy }) => policy.blockForMs === 0),
  print: printScene,
  /**
   * Two limiters play one scene. One takes costs; the other reserves all that is left and commits the cost at
   * once, and in the end both stand the same. Whatever it reserved, it settles a second time, in vain.
   */
  holds(subject, scene) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const twin = subject.limiter({ ...limitsOf(scene), clock });

    scene.operations.forEach((operation, index) => {
      if (!isTake(operation)) {
        const answer = play(limiter, clock, operation);
        if (operation.call !== 'advance') demandSameAnswer(operation, index, answer, play(twin, clock, operation));
        return;
      }
      const denied = isDenied(play(twin, clock, operation));
      const where = `${index + 1}. ${printOperation(operation)}, reserved`;
      demandSame(`${where}: the key`, settleAtOnce(limiter, operation, denied, where), twin.peek(operation.key, 0));
    });
    for (const key of keysOf(scene)) {
      demandSame('at the end', limiter.peek(key), twin.peek(key));
      demandNoLeak(limiter, clock, key);
      demandNothingBeyondTheMost(limiter, twin, key);
    }
  },
};

/** Takes a cost as a reservation of all units that are left, and answers how the key stands then. */
function settleAtOnce(
  limiter: RateLimiter,
  { key, cost }: Extract<Operation, { cost: number }>,
  denied: boolean,
  where: string,
) {
  const left = Math.min(...limiter.peek(key, 0).policies.map(({ remaining }) => remaining));
  const reservation = limiter.reserve(key, denied ? cost : left);
  demandSame(`${where}: allowed`, reservation.decision.allowed, !denied);
  if (!denied) reservation.commit(cost);
  const after = limiter.peek(key, 0);
  demand(
    throws(() => reservation.commit(0)),
    () => `${where}: it was settled twice`,
  );
  demandSame(`${where}: settled twice`, limiter.peek(key, 0), after);
  return after;
}

/** What was reserved counts no more once the key is fresh: nothing of it comes back then. */
function demandNoLeak(limiter: RateLimiter, clock: ManualClock, key: string): void {
  const reservation = limiter.reserve(key, 1);
  if (!reservation.decision.allowed) return;
  clock.advance(Math.max(...reservation.decision.policies.map(({ resetAfterMs }) => resetAfterMs)));
  limiter.check(key, 1);
  const before = limiter.peek(key, 0);
  demandSame('cancelled in a later window', reservation.cancel(), before);
}

/** Where more is used than is ever counted, units that were taken before and are given back make it no less. */
function demandNothingBeyondTheMost(limiter: RateLimiter, twin: RateLimiter, key: string): void {
  for (const each of [limiter, twin]) each.reset(key);
  const before = limiter.reserve(key, Math.max(0, limiter.remaining(key) - 1));
  for (const each of [limiter, twin]) {
    const reservation = each.reserve(key, 1);
    if (!reservation.decision.allowed) return;
    reservation.commit(Number.MAX_SAFE_INTEGER);
  }
  demandSame('cancelled beyond the most that is counted', before.cancel(), twin.peek(key, 0));
}

function throws(call: () => unknown): boolean {
  try {
    call();
  } catch {
    return true;
  }
  return false;
}
