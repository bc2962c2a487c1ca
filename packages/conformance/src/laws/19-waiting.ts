import { type Clock, type Policy, RateLimitExceeded, type RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { policies, policyOf } from '../arbitraries/policy.js';
import type { Law } from '../law.js';
import { demand, demandSame } from '../law-broken.js';
import { Model } from '../model.js';
import { limitsOf, printPolicy } from '../scene.js';

/** One who comes so long after the one before (in thousandths of the window), and may go away again. */
interface Comer {
  readonly key: number;
  readonly cost: number;
  readonly afterPart: number;
  readonly maxWaitPart: number;
  readonly leavesPart: number;
}

interface Queueing {
  readonly policy: Policy;
  readonly comers: readonly Comer[];
}

interface Event {
  readonly atMs: number;
  readonly key: string;
  readonly cost: number;
  readonly what: 'came' | 'admitted' | 'refused' | 'left';
  readonly index: number;
}

export const waiting: Law<Queueing> = {
  number: 19,
  name: 'waiting',
  sentence:
    '`wait` admits in the order in which callers came, per key, each at the first instant at which its cost fits, and takes nothing before.',
  values: fc.record({
    policy: policies.filter(({ limit, windowMs }) => limit < 2 ** 33 && windowMs < 2 ** 33),
    comers: fc.array(
      fc.record({
        key: fc.nat({ max: 1 }),
        cost: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 9 })),
        afterPart: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1500 })),
        maxWaitPart: fc.oneof({ weight: 2, arbitrary: fc.constant(-1) }, fc.integer({ min: 0, max: 3000 })),
        leavesPart: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, fc.integer({ min: 0, max: 2000 })),
      }),
      { maxLength: 14 },
    ),
  }),
  examples: [
    // Behind one who waits for nearly a window, and behind one who leaves.
    { policy: policyOf({ limit: 1, windowMs: 1000 }), comers: [comer(1), comer(1), comer(1, 1500), comer(1, 2500)] },
    { policy: policyOf({ limit: 1, windowMs: 1000 }), comers: [comer(1), { ...comer(1), leavesPart: 500 }, comer(1)] },
    { policy: policyOf({ limit: 2, windowMs: 1000 }), comers: [comer(1), { ...comer(2), leavesPart: 500 }, comer(1)] },
    {
      policy: policyOf({ algorithm: 'token-bucket', limit: 2, windowMs: 1000 }),
      comers: [comer(2), comer(2), comer(1)],
    },
    // Costs that don't fill a window keep those behind them longer than could be foreseen.
    {
      policy: policyOf({ limit: 4, windowMs: 1000 }),
      comers: [comer(2), comer(3, 1000), comer(2), comer(3), comer(1, 2000)],
    },
  ],
  print: ({ policy, comers }) => `${printPolicy(policy)}: ${JSON.stringify(comers)}`,
  async holds(subject, { policy, comers }) {
    const clock = new SteppedClock();
    const limiter = subject.limiter({ ...limitsOf({ policy, startMs: 0, operations: [] }), clock });
    const events: Event[] = [];
    const part = (thousandths: number) => Math.floor((policy.windowMs * thousandths) / 1000);
    for (const [index, comer] of comers.entries()) {
      await clock.advance(part(comer.afterPart));
      const leave = new AbortController();
      if (comer.leavesPart >= 0) clock.meanwhile(part(comer.leavesPart), () => leave.abort(new Error('left')));
      const maxWaitMs = comer.maxWaitPart < 0 ? Infinity : part(comer.maxWaitPart);
      come(limiter, clock, events, index, comer, { maxWaitMs, signal: leave.signal });
      await settled();
      demandOneTimerEach(clock, events);
    }
    await clock.advance(part(1000) * 200 + 10_000);
    demandOneTimerEach(clock, events);

    const ends = events.filter(({ what }) => what !== 'came');
    demandSame('who came to an end', ends.length, comers.length);
    const admitted = ends.filter(({ what }) => what === 'admitted');
    demandSame('statistics', pick(limiter), { allowed: admitted.length, blocked: 0 });
    for (const { what, index, atMs } of ends) {
      const { cost, maxWaitPart } = comers[index] as Comer;
      const waitedMs = atMs - (events.find((each) => each.index === index)?.atMs ?? 0);
      const where = `${index}, ${what} after ${waitedMs} ms`;
      if (maxWaitPart >= 0) demand(waitedMs <= part(maxWaitPart), () => `${where}: longer than maxWaitMs`);
      else demand(what !== 'refused' || cost > policy.burst, () => `${where}: it would have waited for any time`);
    }
    for (const key of ['0', '1']) demandOrder(policy, events, key);
  },
};

function comer(cost: number, maxWaitPart = -1): Comer {
  return { key: 0, cost, afterPart: 0, maxWaitPart, leavesPart: -1 };
}

function come(
  limiter: RateLimiter,
  clock: SteppedClock,
  events: Event[],
  index: number,
  { key, cost }: Comer,
  options: { readonly maxWaitMs: number; readonly signal: AbortSignal },
): void {
  const note = (what: Event['what']) => events.push({ atMs: clock.now(), key: `${key}`, cost, what, index });
  note('came');
  limiter.wait(`${key}`, { cost, ...options }).then(
    () => note('admitted'),
    (error: unknown) => note(error instanceof RateLimitExceeded ? 'refused' : 'left'),
  );
}

function demandOneTimerEach(clock: SteppedClock, events: readonly Event[]): void {
  const ended = new Set(events.filter(({ what }) => what !== 'came').map(({ index }) => index));
  const waiting = new Set(events.filter(({ index }) => !ended.has(index)).map(({ key }) => key));
  demandSame('timers', clock.timers, waiting.size);
}

/** Plays the admissions of one key again on the model. */
function demandOrder(policy: Policy, events: readonly Event[], key: string): void {
  const clock = new SteppedClock();
  const model = new Model([policy], clock);
  let queue: Event[] = [];
  let frontSinceMs = 0;
  for (const event of events.filter((each) => each.key === key)) {
    if (event.what === 'came') {
      queue.push(event);
      if (queue.length === 1) frontSinceMs = event.atMs;
      continue;
    }
    const front = queue[0];
    if (event.what === 'admitted') {
      const where = `${event.index} of key ${key}, at ${event.atMs}`;
      demandSame(`${where}: who is in front`, event.index, front?.index);
      if (event.atMs > frontSinceMs) {
        clock.ms = event.atMs - 1;
        demand(!model.peek(key, event.cost).allowed, () => `${where}: it could have been admitted before`);
      }
      clock.ms = event.atMs;
      demand(model.check(key, event.cost).allowed, () => `${where}: it was admitted too early`);
    }
    if (event.index === front?.index) frontSinceMs = event.atMs;
    queue = queue.filter(({ index }) => index !== event.index);
  }
}

function pick(limiter: RateLimiter): object {
  const { allowed, blocked } = limiter.stats();
  return { allowed, blocked };
}

/** For fourteen who come, in steps of 24.8 days. */
const MOST_WAKES = 1000;

interface Wake {
  readonly dueMs: number;
  readonly wake: () => void;
  readonly isTimer: boolean;
}

/** Stands still while promises settle, at each instant that somebody waits for. */
class SteppedClock implements Clock {
  ms = 0;
  readonly #wakes = new Set<Wake>();

  now(): number {
    return this.ms;
  }

  get timers(): number {
    return [...this.#wakes].filter(({ isTimer }) => isTimer).length;
  }

  after(ms: number, wake: () => void): () => void {
    const due = { dueMs: this.ms + ms, wake, isTimer: true };
    this.#wakes.add(due);
    return () => this.#wakes.delete(due);
  }

  /** What happens by itself, and is nobody's timer. */
  meanwhile(ms: number, wake: () => void): void {
    this.#wakes.add({ dueMs: this.ms + ms, wake, isTimer: false });
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.ms + ms;
    for (let wakes = 0; ; wakes++) {
      demand(wakes < MOST_WAKES, () => `${wakes} timers for ${ms} ms: it asks again and again`);
      const [next] = [...this.#wakes].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#wakes.delete(next);
      this.ms = next.dueMs;
      next.wake();
      await settled();
    }
    this.ms = untilMs;
  }
}

/** After the reactions of all promises that are settled now. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
