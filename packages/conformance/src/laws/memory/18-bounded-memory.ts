import { ManualClock, type OnFull, type Policy, type RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { policyOf } from '../../arbitraries/policy.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import type { Subject } from '../../run/subject.js';
import { CROWDS, type Crowd, crowds, holdsCrowd, printCrowd } from '../support/crowded-memory.js';

/** A key by its number, a cost or -1 to block it, and time that passes before, in thousandths of the window. */
type Act = readonly [key: number, cost: number, part: number];

interface Churn {
  readonly policy: Policy;
  readonly maxKeys: number;
  readonly onFull: OnFull;
  readonly acts: readonly Act[];
}

const algorithms = fc.constantFrom<Policy['algorithm']>('fixed-window', 'sliding-window', 'token-bucket');

const churns: fc.Arbitrary<Churn> = fc.record({
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
      fc.oneof(fc.constant(1), fc.integer({ min: -1, max: 71 }), fc.constant(Number.MAX_SAFE_INTEGER)),
      fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 1200 }) }),
    ),
    { maxLength: 60, size: 'max' },
  ),
});

export const boundedMemory: Law<Churn | Crowd> = {
  number: 18,
  name: 'bounded memory',
  sentence:
    'Bounded memory: with `maxKeys` set, entries never exceed it; a key that is over its limit is never evicted to admit another; what happens when nothing can be evicted is documented and tested.',
  values: fc.oneof({ weight: 4, arbitrary: churns }, { weight: 1, arbitrary: crowds }),
  examples: [
    // Three keys at their limits fill it up, and a fourth comes.
    { policy: policyOf({ limit: 2, windowMs: 1000 }), maxKeys: 3, onFull: 'deny', acts: full(3, 2) },
    { policy: policyOf({ limit: 2, windowMs: 1000 }), maxKeys: 3, onFull: 'admit', acts: full(3, 2) },
    ...CROWDS,
  ],
  print: (scene) => ('groups' in scene ? printCrowd(scene) : printChurn(scene)),
  holds(subject, scene) {
    if ('groups' in scene) holdsCrowd(subject, scene);
    else holdsChurn(subject, scene);
  },
};

function printChurn({ policy, maxKeys, onFull, acts }: Churn): string {
  return `${policy.algorithm}, limit ${policy.limit}, windowMs ${policy.windowMs}, maxKeys ${maxKeys}, onFull ${onFull}: ${JSON.stringify(acts)}`;
}

function holdsChurn(subject: Subject, { policy: { algorithm, limit, windowMs }, maxKeys, onFull, acts }: Churn): void {
  const clock = new ManualClock();
  const limiter = subject.limiter({ algorithm, limit, windowMs, maxKeys, onFull, clock });
  const keys = [...new Set(acts.map(([key]) => key))].map((key) => `key ${key}`);

  /** When each key is fresh again and when it can go again, as far as it was seen. */
  const freshAtMs = new Map<string, number>();
  const freeAtMs = new Map<string, number>();
  /** An engine may look at what expires by slots of time, each at most an eighth of the longest span. */
  const slackMs = windowMs / 4 + 2;
  const counted = (times: ReadonlyMap<string, number>) =>
    [...times.values()].filter((atMs) => atMs > clock.now() - slackMs).length;

  acts.forEach(([number, units, part], index) => {
    clock.advance(Math.floor((windowMs * part) / 1000));
    const key = `key ${number}`;
    const cost = Math.min(units, limit + 1);
    const before = new Map(keys.map((each) => [each, usedOf(limiter, each, limit)]));
    const spent = keys.filter((each) => isHeldSpent(limiter, each, limit));
    const was = limiter.stats();
    const where = `${index + 1}. ${cost < 0 ? `block(${key})` : `check(${key}, ${cost})`}`;
    const allowed = cost < 0 ? limiter.block(key, windowMs) : takeAsForeseen(limiter, key, cost, where);
    const after = limiter.stats();
    const evicted = after.evictions - was.evictions;
    const gone = keys.filter((each) => each !== key && had(each) > 0 && usedOf(limiter, each, limit) === 0);

    demand(after.activeKeys <= maxKeys, () => `${where}: ${after.activeKeys} entries, with maxKeys ${maxKeys}`);
    demandSame(`${where}: totalChecks`, after.totalChecks - was.totalChecks, cost < 0 ? 0 : 1);
    demandSpentStay(limiter, spent, limit, where);
    demand(gone.length <= evicted, () => `${where}: ${evicted} evictions, and ${gone.join(', ')} forgotten`);
    if (evicted > 0) {
      demandSame(`${where}: evictions with ${was.activeKeys} entries`, [evicted, was.activeKeys], [1, maxKeys]);
      demand(counted(freshAtMs) >= maxKeys, () => `${where}: evicted a live key, and an expired one stayed`);
      // A use that shrinks with time is known as of the key's last call only.
      if (algorithm === 'fixed-window') for (const each of gone) demandLeast(each);
    }
    if (after.rejectedFull > was.rejectedFull) {
      demandSame(`${where}: full, and onFull ${onFull}`, allowed, onFull === 'admit');
      demandSame(`${where}: full, entries`, after.activeKeys, maxKeys);
      demand(counted(freeAtMs) >= maxKeys, () => `${where}: full, with keys that could go`);
    }
    const { resetAfterMs } = limiter.peek(key, 0);
    if (resetAfterMs > 0) freshAtMs.set(key, clock.now() + resetAfterMs);
    for (const each of keys)
      if (isHeldSpent(limiter, each, limit)) freeAtMs.set(each, clock.now() + limiter.peek(each, 1).retryAfterMs);

    function had(each: string): number {
      return before.get(each) ?? 0;
    }

    /** What went had used at most twice what any other had that could go, or a 64th of the limit. */
    function demandLeast(went: string): void {
      const lesser = keys.find(
        (each) => had(each) > 0 && usedOf(limiter, each, limit) > 0 && 2 * had(each) < had(went),
      );
      demand(
        lesser === undefined || had(went) <= limit / 64,
        () => `${where}: ${went} with ${had(went)} used went, and ${lesser} stayed with ${had(lesser ?? '')}`,
      );
    }
  });
}

function takeAsForeseen(limiter: RateLimiter, key: string, cost: number, where: string): boolean {
  const foreseen = limiter.peek(key, cost);
  const { allowed } = limiter.check(key, cost);
  demandSame(`${where} beside peek`, allowed, foreseen.allowed);
  return allowed;
}

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
