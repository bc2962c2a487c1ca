import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { type Setting, type Subject, WINDOW_MS, World } from './world.js';

const process = fc.nat(3);
const ms = fc.constantFrom(1, 5, 9, 10, 50, WINDOW_MS - 2, WINDOW_MS - 1, WINDOW_MS, WINDOW_MS + 5, WINDOW_MS + 9);
const kind = fc.constantFrom('allow', 'allow', 'check', 'peek');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(kind, process, fc.constantFrom(0, 1, 1, 1, 2, 3, 7)) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('arrive', 'answer'), process) },
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom('deliver', 'ask'), process) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('slowly'), process, ms) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('advance'), ms) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('crash', 'lose', 'late'), process) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('reset', 'exhaust')) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const setting: fc.Arbitrary<Setting> = fc.record({
  algorithm: fc.constantFrom('fixed-window', 'sliding-window'),
  limit: fc.integer({ min: 1, max: 30 }),
  instances: fc.constantFrom(1, 2, 4),
  mostUnits: fc.constantFrom(2, 5, 20),
  mostMs: fc.constantFrom(10, 1000, 1000),
});

/** Once were counterexamples: an answer that is heard when the window that it counts in is over. */
const EXAMPLES: readonly [Setting, Step[]][] = [
  [
    { algorithm: 'fixed-window', limit: 2, instances: 1, mostUnits: 2, mostMs: 10 },
    [
      ['allow', 2, 1],
      ['arrive', 2],
      ['advance', 105],
      ['ask', 0],
    ],
  ],
  [
    { algorithm: 'fixed-window', limit: 2, instances: 1, mostUnits: 2, mostMs: 10 },
    [
      ['allow', 3, 1],
      ['arrive', 3],
      ['allow', 0, 1],
      ['advance', 100],
    ],
  ],
];

/** A fault is sought in the same scenes each time, by chance some took 1,500. Of the first few seeds this finds all soonest. */
const SEED = 3;

/**
 * Four processes that lease: whatever they call, and in whatever order calls and answers arrive, are lost or come after a
 * process is gone, no window admits more than its limit, and each admits all of it where the demand is there. Answers what was found
 * against that.
 */
export async function fourProcesses(
  subject: Subject,
  redis: Redis,
  runs: number,
  isFaulty = false,
): Promise<string | undefined> {
  const details = await fc.check(
    fc.asyncProperty(setting, fc.array(step, { maxLength: 40 }), async (given, steps) => {
      const world = new World(subject, redis, given);
      await world.start();
      try {
        for (const each of steps) {
          await take(world, each, given);
          await setImmediate();
          await setImmediate();
        }
        await world.exhaust();
        world.verify();
      } finally {
        world.end();
      }
    }),
    {
      numRuns: EXAMPLES.length + runs,
      examples: [...EXAMPLES],
      ...(isFaulty ? { seed: SEED, endOnFailure: true } : {}),
    },
  );
  return details.failed ? `${fc.defaultReportMessage(details)}\n${details.errorInstance}` : undefined;
}

async function take(world: World, step: Step, { algorithm }: Setting): Promise<void> {
  const [kind, number = 0, cost = 0] = step as readonly [string, number?, number?];
  if (kind === 'allow' || kind === 'check' || kind === 'peek') world.call(number, kind, cost).catch(() => undefined);
  else if (kind === 'arrive') await world.arrive(number);
  else if (kind === 'answer') world.answer(number);
  else if (kind === 'deliver') await world.deliver(number);
  else if (kind === 'ask') await world.ask(number);
  else if (kind === 'slowly') await world.slowly(number, cost);
  else if (kind === 'exhaust') await world.exhaust();
  else if (kind === 'advance') world.advance(number);
  else if (kind === 'crash') await world.crash(number);
  else if (kind === 'late') await world.arriveOfGone();
  else if (kind === 'lose') await world.arrive(number, true);
  else if (algorithm === 'fixed-window') await world.reset();
}
