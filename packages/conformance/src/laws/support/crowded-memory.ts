import { ManualClock, type Policy, type RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { policyOf, spanMsOf } from '../../arbitraries/policy.js';
import { demand } from '../../run/law-broken.js';
import type { Subject } from '../../run/subject.js';

/**
 * So many keys from one number on take a part of the limit each, in thousandths, or are blocked for a window by -1,
 * after a part of the window.
 */
type Group = readonly [from: number, count: number, costPart: number, waitPart: number];

/**
 * Groups of keys that fill a limiter up to the last one, and what comes to it then. Nothing is asked in between, since
 * an engine may put its keys in order whenever it is asked.
 */
export interface Crowd {
  readonly policy: Policy;
  readonly groups: readonly Group[];
  readonly newcomers: number;
}

/** So many that were protected are looked at by a call that needs room; behind them others may wait. */
const LOOKED_AT = 64;

export const crowds: fc.Arbitrary<Crowd> = fc.record({
  policy: fc
    .record({
      algorithm: fc.constantFrom<Policy['algorithm']>('fixed-window', 'sliding-window', 'token-bucket'),
      limit: fc.integer({ min: 1, max: 200 }),
      windowMs: fc.oneof(fc.constant(1000), fc.integer({ min: 1, max: 5000 })),
    })
    .map(policyOf),
  groups: fc.array(
    fc.tuple(
      fc.oneof(fc.constantFrom(0, 10, 100), fc.nat({ max: 150 })),
      fc.oneof(fc.constantFrom(1, 10, 100), fc.integer({ min: 1, max: 150 })),
      fc.oneof(fc.constantFrom(-1, 0, 1000), fc.nat({ max: 1000 }), fc.nat({ max: 200 })),
      fc.oneof(fc.constant(0), fc.nat({ max: 300 }), fc.nat({ max: 1200 })),
    ),
    { minLength: 1, maxLength: 8, size: 'max' },
  ),
  newcomers: fc.integer({ min: 1, max: 5 }),
});

const bucket = policyOf({ algorithm: 'token-bucket', limit: 100, windowMs: 1000 });
const sliding = policyOf({ algorithm: 'sliding-window', limit: 100, windowMs: 1000 });
/** Takes nothing: time passes. */
const laterGroup = (part: number): Group => [0, 1, 0, part];

export const CROWDS: readonly Crowd[] = [
  // The time of many live keys was put off in front of few that have expired.
  { policy: bucket, groups: [[0, 150, 200, 0], [150, 20, 190, 10], [0, 150, 160, 180], laterGroup(150)], newcomers: 4 },
  { policy: sliding, groups: [[0, 150, 200, 0], [150, 20, 190, 10], [0, 150, 20, 490], laterGroup(800)], newcomers: 4 },
  // Those that have drained still rank high.
  {
    policy: bucket,
    groups: [
      [0, 50, 600, 0],
      [50, 1, 450, 590],
    ],
    newcomers: 1,
  },
  // Many that were protected have come back in front of few that have expired.
  { policy: bucket, groups: [[0, 100, 1000, 0], [100, 50, 150, 0], laterGroup(400)], newcomers: 4 },
];

export function printCrowd({ policy: { algorithm, limit, windowMs }, groups, newcomers }: Crowd): string {
  return `${algorithm}, limit ${limit}, windowMs ${windowMs}, ${newcomers} new keys after ${JSON.stringify(groups)}`;
}

/** How a key stood when it was last taken from. */
interface Standing {
  readonly used: number;
  readonly freshAtMs: number;
}

export function holdsCrowd(subject: Subject, { policy, groups, newcomers }: Crowd): void {
  const { algorithm, limit, windowMs } = policy;
  const clock = new ManualClock();
  const taking = groups.filter(([, , costPart]) => costPart !== 0);
  const numbers = new Set(taking.flatMap(([from, count]) => Array.from({ length: count }, (_, i) => from + i)));
  const maxKeys = Math.max(1, numbers.size);
  const limiter = subject.limiter({ algorithm, limit, windowMs, clock, maxKeys });
  /** The same without a bound: how the keys stand. */
  const roomy = subject.limiter({ algorithm, limit, windowMs, clock });
  const taken = new Map<string, Standing>();
  const onceProtected = new Set<string>();

  for (const [from, count, costPart, waitPart] of groups) {
    clock.advance(Math.floor((windowMs * waitPart) / 1000));
    for (let i = from; i < from + count; i++) {
      const key = `key ${i}`;
      for (const each of [limiter, roomy]) {
        if (costPart < 0) each.block(key, windowMs);
        else each.allow(key, Math.ceil((limit * costPart) / 1000));
      }
      note(key);
    }
  }
  const keys = [...taken.keys()];
  const before = limiter.stats();
  for (let i = 0; i < newcomers; i++) limiter.allow(`new ${i}`);
  const { evictions, rejectedFull, activeKeys } = limiter.stats();

  demand(activeKeys <= maxKeys, () => `${activeKeys} entries, with maxKeys ${maxKeys}`);
  demand(before.evictions === 0, () => `${before.evictions} evictions before the limiter was full`);
  const spanMs = Math.max(spanMsOf(policy), 1);
  const slotMs = Math.max(1, spanMs / 8);
  const found = keys.filter((key) => onceProtected.size <= LOOKED_AT || !onceProtected.has(key));
  const expired = found.filter((key) => (taken.get(key) as Standing).freshAtMs <= clock.now() - slotMs).length;
  const unseated = evictions + rejectedFull;
  demand(
    unseated <= Math.max(0, newcomers - expired),
    () => `${unseated} of ${newcomers} new keys cost a live key or found no room, with ${expired} expired ones held`,
  );
  const gone = keys.filter((key) => usedOf(roomy, key) > 0 && usedOf(limiter, key) === 0);
  demand(gone.length <= evictions, () => `${evictions} evictions, and ${gone.join(', ')} forgotten`);
  for (const each of gone) demandLeast(each);

  function note(key: string): void {
    const { remaining, resetAfterMs } = roomy.peek(key, 0);
    if (resetAfterMs > 0) taken.set(key, { used: limit - remaining, freshAtMs: clock.now() + resetAfterMs });
    if (resetAfterMs > 0 && remaining === 0) onceProtected.add(key);
  }

  /**
   * What went had at most twice what any other had when it was last taken from, or a 64th of the limit. In a token
   * bucket it also has at most twice what any other has now and would have had a slot of time ago.
   */
  function demandLeast(went: string): void {
    const had = usedOf(roomy, went);
    demand(had < limit, () => `${went} was over its limit, and was forgotten`);
    if (64 * had <= limit) return;
    const drained = Math.ceil((limit * slotMs) / windowMs) + 1;
    for (const key of found) {
      const used = usedOf(roomy, key);
      if (used === 0 || used === limit) continue;
      const { used: once } = taken.get(key) as Standing;
      demand(had <= 2 * once, () => `${went} with ${had} used went, and ${key} stayed, which had taken ${once}`);
      if (algorithm !== 'token-bucket') continue;
      demand(had <= 2 * (used + drained), () => `${went} with ${had} used went, and ${key} stayed with ${used}`);
    }
  }

  /** `peek` with no cost never depends on room. */
  function usedOf(each: RateLimiter, key: string): number {
    return limit - each.peek(key, 0).remaining;
  }
}
