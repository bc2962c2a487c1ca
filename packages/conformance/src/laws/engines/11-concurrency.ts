import fc from 'fast-check';
import { policyOf } from '../../arbitraries/policy.js';
import type { Crew } from '../../concurrency/crew.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';

interface Rush {
  readonly threads: number;
  readonly limit: number;
  /** Of a second policy, where there is one: a call takes of both or of neither. */
  readonly secondLimit?: number | undefined;
  readonly cost: number;
  /** Calls that each thread makes. */
  readonly calls: number;
  readonly how: 'allow' | 'check';
  /** Whether one more thread makes calls, and is terminated in the middle of them. */
  readonly terminate: boolean;
  /** Whether each thread ends before the next one starts. */
  readonly inTurn: boolean;
}

const HOUR_MS = 3_600_000;

export const concurrency: Law<Rush> = {
  number: 11,
  name: 'concurrency',
  sentence:
    '`k` callers (threads, processes, connections) on one shared key admit exactly `limit`, at one time or one after the other.',
  values: fc.record({
    threads: fc.integer({ min: 2, max: 4 }),
    secondLimit: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: undefined }),
    limit: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 500, max: 5000 })),
    cost: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 5 }) }),
    calls: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1000, max: 5000 })),
    how: fc.constantFrom('allow', 'check'),
    terminate: fc.nat({ max: 7 }).map((n) => n === 7),
    inTurn: fc.nat({ max: 15 }).map((n) => n === 15),
  }),
  examples: [
    { threads: 2, limit: 1, cost: 1, calls: 1000, how: 'allow', terminate: false, inTurn: false },
    { threads: 4, limit: 1, cost: 1, calls: 1, how: 'allow', terminate: false, inTurn: true },
    { threads: 3, limit: 25, cost: 2, calls: 7, how: 'check', terminate: false, inTurn: true },
    { threads: 4, limit: 2000, cost: 1, calls: 2000, how: 'check', terminate: false, inTurn: false },
    { threads: 2, limit: 200_000, cost: 1, calls: 1000, how: 'allow', terminate: true, inTurn: false },
    { threads: 2, limit: 10, cost: 1, calls: 100, how: 'check', terminate: true, inTurn: false },
  ],
  share: 0.25,
  repeatable: false,
  print: ({ threads, limit, secondLimit, cost, calls, how, terminate, inTurn }) =>
    `limit ${limit}${secondLimit === undefined ? '' : ` and ${secondLimit}`}, ${threads} threads${inTurn ? ' one after the other' : ''}, each ${calls} times ${how}(key, ${cost})${terminate ? ', and one more that is terminated' : ''}`,
  async holds(subject, rush) {
    if (rush.inTurn) await oneAfterTheOther(subject.crew(), rush);
    else if (rush.terminate) await interrupted(subject.crew(), rush);
    else await undisturbed(subject.crew(), rush);
  },
};

/** What a thread used is used for the next, though nobody else holds the name; statistics may begin anew. */
async function oneAfterTheOther(crew: Crew, { threads, ...rush }: Rush): Promise<void> {
  const done = await crew.inTurn(threads, task(crew, rush));
  const fits = fitting(rush, threads * rush.calls);
  const admitted = sum(done.map((each) => each.admitted));
  demand(admitted === fits, () => `${admitted} calls were admitted one after the other, expected ${fits}`);
}

async function undisturbed(crew: Crew, { threads, ...rush }: Rush): Promise<void> {
  const done = await crew.round(threads, task(crew, rush));
  const fits = fitting(rush, threads * rush.calls);
  const admitted = sum(done.map((each) => each.admitted));
  demand(admitted === fits, () => `${admitted} calls were admitted, expected ${fits}`);
  const totalChecks = threads * rush.calls;
  for (const { stats } of done) {
    const { activeKeys, allowed, blocked } = stats;
    demandSame('shared statistics', { allowed, blocked }, { allowed: fits, blocked: totalChecks - fits });
    demandSame('shared totalChecks', stats.totalChecks, totalChecks);
    demandSame('shared entries', activeKeys, fits > 0 ? 1 : 0);
  }
}

/** The thread that ends may die between a unit's taking and any note of it: one unit, and no more. */
async function interrupted(crew: Crew, { threads, ...rush }: Rush): Promise<void> {
  const shared = task(crew, { ...rush, secondLimit: undefined, cost: 1 });
  const { done, admittedByEndless } = await crew.interruptedRound(threads, shared);
  const after = await crew.round(threads, { ...shared, calls: rush.limit + 1 });
  const admitted = sum([...done, ...after].map((each) => each.admitted)) + admittedByEndless;
  demandAllButOne('admitted around a terminated thread', admitted, rush.limit);
  for (const { stats } of after) {
    demandAllButOne('allowed in the shared statistics', stats.allowed, rush.limit);
    demandSame('shared totalChecks', stats.totalChecks, stats.allowed + stats.blocked);
  }
}

function demandAllButOne(what: string, count: number, limit: number): void {
  const near = count <= limit && count >= limit - 1;
  demand(near, () => `${count} calls were ${what}, expected ${limit}, or one less`);
}

function task(crew: Crew, { limit, secondLimit, cost, calls, how }: Omit<Rush, 'threads' | 'terminate' | 'inTurn'>) {
  const limits = secondLimit === undefined ? [limit] : [limit, secondLimit];
  const policies = limits.map((each, i) => policyOf({ name: `policy ${i}`, limit: each, windowMs: HOUR_MS }));
  return { policies, shared: crew.newName(), how, cost, calls };
}

/** How many of so many calls fit. */
function fitting({ limit, secondLimit = limit, cost }: Omit<Rush, 'threads'>, calls: number): number {
  return Math.min(Math.floor(Math.min(limit, secondLimit) / cost), calls);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
