import type { Policy, RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { policies } from '../../arbitraries/policy.js';
import { type Comer, type End, QueueModel } from '../../model/queue.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import { changesTo, limitsOf, printPolicy } from '../../scene/scene.js';
import { type Come, QUEUE_SCENES, type QueueScene, type QueueStep } from '../support/queues.js';
import { SteppedClock, settled } from '../support/stepped-clock.js';

const parts = (max: number) => fc.oneof(fc.constant(0), fc.integer({ min: 0, max }));
const never = fc.constant(-1);
const keys = fc.constantFrom('0', '0', '1');
const costs = fc.oneof(
  { weight: 3, arbitrary: fc.constant(1) },
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 0, max: 9 }),
);

const comes = fc.record({
  what: fc.constant('come' as const),
  key: keys,
  cost: costs,
  count: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 5 })),
  maxWaitPart: fc.oneof({ weight: 2, arbitrary: never }, fc.integer({ min: 0, max: 4500 })),
  leavesPart: fc.oneof({ weight: 4, arbitrary: never }, fc.integer({ min: 0, max: 2000 })),
  afterPart: parts(1500),
});
const others = fc.oneof(
  fc.record({ what: fc.constant('take' as const), key: keys, cost: costs, afterPart: parts(1500) }),
  fc.record({ what: fc.constant('reset' as const), key: keys, afterPart: parts(1500) }),
  fc.record({ what: fc.constant('clear' as const), afterPart: parts(1500) }),
  fc.record({ what: fc.constant('block' as const), key: keys, part: fc.nat({ max: 2500 }), afterPart: parts(1500) }),
  fc.record({
    what: fc.constant('update' as const),
    limit: fc.nat({ max: 9 }),
    windows: fc.constantFrom(0.5, 1, 1, 2),
    afterPart: parts(1500),
  }),
);

const small = policies.filter(({ algorithm, limit, windowMs }) => {
  return limit < 2 ** 33 && windowMs < 2 ** 33 && (limit > 0 || algorithm !== 'token-bucket');
});

export const waiting: Law<QueueScene> = {
  number: 19,
  name: 'waiting',
  sentence:
    '`wait` admits in the order in which callers came, per key, each at the first instant at which its cost fits, and takes nothing before.',
  values: fc.record({
    policies: fc.oneof(
      { weight: 3, arbitrary: small.map((policy) => [policy]) },
      fc.tuple(small, small).map(([one, two]) => [one, { ...two, name: 'second' }]),
    ),
    steps: fc.array(
      fc.oneof<[fc.Arbitrary<QueueStep>, fc.WeightedArbitrary<QueueStep>]>(others, { weight: 4, arbitrary: comes }),
      {
        maxLength: 14,
      },
    ),
  }),
  examples: QUEUE_SCENES,
  print: ({ policies: all, steps }) => `${all.map(printPolicy).join(' | ')}: ${JSON.stringify(steps)}`,
  async holds(subject, { policies: all, steps }) {
    const clock = new SteppedClock();
    const [policy, ...rest] = all as [Policy, ...Policy[]];
    const limiter = subject.limiter({ ...limitsOf({ policy, others: rest, startMs: 0, operations: [] }), clock });
    const play = new Play(limiter, clock, new QueueModel(all), steps);
    for (const [index, step] of steps.entries()) await play.step(step, index);
    await play.toTheEnd();
  },
};

/** Plays one scene on a limiter and on the model, step by step. */
class Play {
  readonly #limiter: RateLimiter;
  readonly #clock: SteppedClock;
  readonly #model: QueueModel;
  readonly #ends: End[] = [];
  readonly #isExact: boolean;
  readonly #windowMs: number;
  #came = 0;
  #allowed = 0;
  #blocked = 0;

  constructor(limiter: RateLimiter, clock: SteppedClock, model: QueueModel, steps: readonly QueueStep[]) {
    this.#limiter = limiter;
    this.#clock = clock;
    this.#model = model;
    this.#windowMs = Math.max(...limiter.policies.map(({ windowMs }) => windowMs));
    const [all, few] = [limiter.policies.length, steps.every((step) => step.what !== 'come' || step.count < 500)];
    this.#isExact = all === 1 && few && steps.every(({ what }) => what !== 'block');
  }

  async step(step: QueueStep, index: number): Promise<void> {
    // One who comes may do so between two turns; for anything else all turns at this instant are over.
    if (step.what !== 'come' || step.afterPart > 0) await this.#advance(this.#part(step.afterPart));
    if (step.what !== 'come') this.#do(step);
    else if (step.maxWaitPart < 0) this.#comeTogether(step, index);
    else for (let i = 0; i < step.count; i++) await this.#come(step, index, i);
  }

  async toTheEnd(): Promise<void> {
    await this.#advance(this.#part(1000) * 400 + 10_000);
    demandSame('who came to an end', this.#ends.length, this.#came);
    const admitted = this.#ends.filter(({ what }) => what === 'admitted').length;
    const { allowed, blocked } = this.#limiter.stats();
    demandSame('statistics', { allowed, blocked }, { allowed: admitted + this.#allowed, blocked: this.#blocked });
  }

  #part(thousandths: number): number {
    return Math.floor((this.#windowMs * thousandths) / 1000);
  }

  async #advance(ms: number): Promise<void> {
    await this.#clock.advance(ms);
    await settled();
    this.#model.advanceTo(this.#clock.ms);
    demandSameEnds(this.#ends, this.#model.ends);
    demandSame(`at ${this.#clock.ms}: timers`, this.#clock.timers, this.#model.keys);
  }

  #do(step: Exclude<QueueStep, Come>): void {
    if (step.what === 'take') {
      const taken = this.#limiter.allow(step.key, step.cost);
      this.#model.call((model) => model.check(step.key, step.cost));
      if (taken) this.#allowed++;
      else this.#blocked++;
    } else if (step.what === 'update') {
      const [policy, ...rest] = this.#limiter.policies as [Policy, ...Policy[]];
      const windowMs = Math.max(1, Math.floor(policy.windowMs * step.windows));
      const limit = policy.algorithm === 'token-bucket' ? Math.max(1, step.limit) : step.limit;
      const changes = changesTo([{ ...policy, limit, windowMs, burst: limit }, ...rest]);
      this.#limiter.update(changes);
      this.#model.call((model) => model.update(changes));
    } else if (step.what === 'block') {
      const ms = Math.max(1, this.#part(step.part));
      this.#limiter.block(step.key, ms);
      this.#model.call((model) => model.block(step.key, ms));
    } else if (step.what === 'reset') {
      this.#limiter.reset(step.key);
      this.#model.call((model) => model.reset(step.key));
    } else {
      this.#limiter.clear();
      this.#model.call((model) => model.clear());
    }
  }

  /** All wait for any time. */
  #comeTogether(come: Come, step: number): void {
    const comers = Array.from({ length: come.count }, (_, i) => this.#wait(come, Infinity, step, i));
    this.#model.come(comers);
  }

  /** One waits for some time, or is refused at once. */
  async #come(come: Come, step: number, i: number): Promise<void> {
    const maxWaitMs = this.#part(come.maxWaitPart);
    const comer = this.#wait(come, maxWaitMs, step, i);
    await settled();
    const { index } = comer;
    const isRefused = this.#ends.some((end) => end.index === index && end.what === 'refused');
    this.#demandForesight(come, maxWaitMs, isRefused, `${index} of key ${come.key}`);
    if (isRefused) this.#model.ends.push({ index, key: come.key, what: 'refused', atMs: this.#clock.ms });
    else this.#model.come([comer]);
  }

  #wait({ key, cost, leavesPart }: Come, maxWaitMs: number, step: number, i: number): Comer {
    const index = this.#came++;
    const leave = new AbortController();
    const leavesMs = leavesPart < 0 ? Infinity : this.#part(leavesPart) + (step * 8 + i + 1) / 1024; // one by one
    if (leavesPart >= 0) this.#clock.meanwhile(leavesMs, () => leave.abort(new Error('left')));
    const note = (what: End['what']) => this.#ends.push({ index, key, what, atMs: Math.floor(this.#clock.ms) });
    this.#limiter.wait(key, { cost, maxWaitMs, signal: leave.signal }).then(
      () => note('admitted'),
      (error: Error) => note(error.name === 'RateLimitExceeded' ? 'refused' : 'left'),
    );
    return { index, key, cost, untilMs: this.#clock.ms + maxWaitMs, leavesMs: this.#clock.ms + leavesMs };
  }

  /** Refused at once is only who can't be in time; where the foresight is exact, everyone who can't be. */
  #demandForesight({ key, cost }: Come, maxWaitMs: number, isRefused: boolean, who: string): void {
    const waitMs = this.#model.waitMs(key, cost);
    if (isRefused) demand(waitMs > maxWaitMs, () => `${who}: refused, but it would have waited for ${waitMs} ms`);
    const isOneByOne = [...this.#model.waiting(key), { cost }].every((each) => each.cost <= 1);
    if (waitMs !== Infinity && !(this.#isExact && isOneByOne && isExact(this.#limiter.policy))) return;
    if (!isRefused) demand(waitMs <= maxWaitMs, () => `${who}: it waits, though it would have to for ${waitMs} ms`);
  }
}

function isExact({ algorithm, limit, windowMs }: Policy): boolean {
  return algorithm === 'fixed-window' || (algorithm === 'token-bucket' && windowMs % limit === 0);
}

/** Of each wait the same end at the same time, and those admitted in the same order. */
function demandSameEnds(actual: readonly End[], expected: readonly End[]): void {
  const found = [...actual].sort((a, b) => a.index - b.index);
  const wanted = [...expected].sort((a, b) => a.index - b.index);
  demandSame('how many came to an end', found.length, wanted.length);
  for (const [i, end] of wanted.entries()) demandSame(`${end.index}`, found[i], end);
  for (const key of new Set(expected.map((end) => end.key)))
    demandSame(`who was admitted on key ${key}, in order`, admittedOn(key, actual), admittedOn(key, expected));
}

function admittedOn(key: string, ends: readonly End[]): string {
  const admitted = ends.filter((end) => end.key === key && end.what === 'admitted');
  return admitted.map(({ index }) => index).join(' ');
}
