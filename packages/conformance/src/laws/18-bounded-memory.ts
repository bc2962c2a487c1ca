import { ManualClock, type OnFull, type Policy, type RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { policyOf } from '../arbitraries/policy.js';
import type { Law } from '../law.js';
import { demand, demandSame } from '../law-broken.js';

/** A key by its number, a cost, and time that passes before, in thousandths of the window. */
type Act = readonly [key: number, cost: number, part: number];

interface Churn {
  readonly policy: Policy;
  readonly maxKeys: number;
  readonly onFull: OnFull;
  readonly acts: readonly Act[];
}

const algorithms = fc.constantFrom<Policy['algorithm']>('fixed-window', 'sliding-window', 'token-bucket');

export const boundedMemory: Law<Churn> = {
  number: 18,
  name: 'bounded memory',
  sentence:
    'Bounded memory: with `maxKeys` set, entries never exceed it; a key that is over its limit is never evicted to admit another; what happens when nothing can be evicted is documented and tested.',
  values: fc.record({
    policy: fc
      .record({
        algorithm: algorithms,
        limit: fc.integer({ min: 1, max: 70 }),
        windowMs: fc.integer({ min: 1, max: 5000 }),
      })
      .map(policyOf),
    maxKeys: fc.integer({ min: 1, max: 8 }),
    onFull: fc.constantFrom<OnFull>('deny', 'admit'),
    acts: fc.array(
      fc.tuple(
        fc.nat({ max: 20 }),
        fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 71 }), fc.constant(Number.MAX_SAFE_INTEGER)),
        fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 1200 }) }),
      ),
      { maxLength: 60, size: 'max' },
    ),
  }),
  examples: [
    // Three keys at their limits fill it up, and a fourth comes.
    { policy: policyOf({ limit: 2, windowMs: 1000 }), maxKeys: 3, onFull: 'deny', acts: full(3, 2) },
    { policy: policyOf({ limit: 2, windowMs: 1000 }), maxKeys: 3, onFull: 'admit', acts: full(3, 2) },
  ],
  print: ({ policy, maxKeys, onFull, acts }) =>
    `${policy.algorithm}, limit ${policy.limit}, windowMs ${policy.windowMs}, maxKeys ${maxKeys}, onFull ${onFull}: ${JSON.stringify(acts)}`,
  holds(subject, { policy: { algorithm, limit, windowMs }, maxKeys, onFull, acts }) {
    const clock = new ManualClock();
    const limiter = subject.limiter({ algorithm, limit, windowMs, maxKeys, onFull, clock });
    const keys = [...new Set(acts.map(([key]) => key))].map((key) => `key ${key}`);

    acts.forEach(([number, units, part], index) => {
      clock.advance(Math.floor((windowMs * part) / 1000));
      const key = `key ${number}`;
      const cost = Math.min(units, limit + 1);
      const before = new Map(keys.map((each) => [each, usedOf(limiter, each, limit)]));
      const spent = keys.filter((each) => isHeldSpent(limiter, each, limit));
      const { rejectedFull, evictions, activeKeys } = limiter.stats();
      const foreseen = limiter.peek(key, cost);
      const decision = limiter.check(key, cost);
      const where = `${index + 1}. check(${key}, ${cost})`;
      const after = limiter.stats();

      demandSame(`${where} beside peek`, decision.allowed, foreseen.allowed);
      demand(after.activeKeys <= maxKeys, () => `${where}: ${after.activeKeys} entries, with maxKeys ${maxKeys}`);
      demandSame(`${where}: allowed and blocked`, after.allowed + after.blocked, after.totalChecks);
      demandSpentStay(limiter, spent, limit, where);
      const evicted = after.evictions - evictions;
      demand(evicted <= 1, () => `${where}: ${evicted} evictions`);
      // A use that shrinks with time is known as of the key's last call only.
      if (evicted === 1 && algorithm === 'fixed-window')
        demandLeastWent(
          limiter,
          keys.filter((each) => each !== key),
          before,
          limit,
          where,
        );
      if (evicted === 1)
        demand(activeKeys === maxKeys, () => `${where}: evicted with ${activeKeys} of ${maxKeys} keys`);
      if (after.rejectedFull === rejectedFull) return;
      demandSame(`${where}: full, and onFull ${onFull}`, decision.allowed, onFull === 'admit');
      demandSame(`${where}: full, entries`, after.activeKeys, maxKeys);
    });
  },
};

function full(keys: number, cost: number): Act[] {
  return [...Array.from({ length: keys }, (_, key): Act => [key, cost, 0]), [9, 1, 0], [9, 1, 0], [9, 1, 1000]];
}

/** `peek` with no cost never depends on room. */
function usedOf(limiter: RateLimiter, key: string, limit: number): number {
  return limit - limiter.peek(key, 0).remaining;
}

function isHeldSpent(limiter: RateLimiter, key: string, limit: number): boolean {
  return usedOf(limiter, key, limit) === limit;
}

function demandSpentStay(limiter: RateLimiter, spent: readonly string[], limit: number, where: string): void {
  const gone = spent.find((key) => !isHeldSpent(limiter, key, limit));
  demand(gone === undefined, () => `${where}: ${gone} was over its limit, and was forgotten`);
}

/** What was forgotten had used at most twice what any other key had that could have gone, or a 64th of the limit. */
function demandLeastWent(
  limiter: RateLimiter,
  keys: readonly string[],
  before: ReadonlyMap<string, number>,
  limit: number,
  where: string,
): void {
  const had = (key: string) => before.get(key) ?? 0;
  const gone = keys.filter((key) => had(key) > 0 && usedOf(limiter, key, limit) === 0);
  demand(gone.length <= 1, () => `${where}: one eviction, and ${gone.join(', ')} were forgotten`);
  for (const key of gone) {
    const lesser = keys.find(
      (each) => usedOf(limiter, each, limit) > 0 && 2 * had(each) < had(key) && had(key) > limit / 64,
    );
    demand(
      lesser === undefined,
      () => `${where}: ${key} with ${had(key)} used went, and ${lesser} stayed with ${had(lesser ?? '')}`,
    );
  }
}
