import { type Decision, ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimiterOptions } from '../rate-limiter.js';
import type { HttpLimiter, Reserved } from './options.js';
import { Plans } from './plans.js';

const WINDOW = 100;
const accept = () => {};

function plansOf(options: Partial<RateLimiterOptions> = {}) {
  const clock = new ManualClock();
  return { clock, plans: new Plans({ windowMs: WINDOW, clock, backend: 'ts', ...options }, accept) };
}

/** Plans answer at once. */
function checkNow(plan: HttpLimiter, key: string, cost: number): Decision {
  return plan.check(key, cost) as Decision;
}

const limit = fc.integer({ min: 0, max: 6 });
const call = fc.record({
  limit,
  cost: fc.nat(4),
  key: fc.constantFrom('a', 'a', 'a', 'b'),
  ms: fc.oneof(fc.constant(0), fc.nat(70)),
});
const calls = fc.array(call, { minLength: 1, maxLength: 40 });

/** What a fixed window knows of one key: obviously right, whatever the plan. */
class Model {
  used = 0;
  #end = 0;
  #limit: number | undefined;

  remaining(limit: number, now: number): number {
    if (now >= this.#end) this.used = 0;
    return Math.max(0, limit - this.used);
  }

  retryAfter(limit: number, cost: number, now: number): number {
    if (cost > limit) return Number.POSITIVE_INFINITY;
    return cost <= this.remaining(limit, now) ? 0 : this.#end - now;
  }

  take(limit: number, cost: number, now: number): void {
    if (cost === 0) return;
    if (this.used === 0 || limit !== this.#limit) this.#end = now + WINDOW; // a change of plan starts it anew
    this.#limit = limit;
    this.used += cost;
  }
}

describe('a limit that is a function', () => {
  it('decides as one window that all plans share, and a denial changes nothing', () => {
    fc.assert(
      fc.property(calls, (steps) => {
        const { clock, plans } = plansOf();
        const models = { a: new Model(), b: new Model() };
        for (const { limit, cost, key, ms } of steps) {
          clock.advance(ms);
          const now = clock.now();
          const model = models[key as 'a' | 'b'];
          const retryAfterMs = model.retryAfter(limit, cost, now);
          const allowed = cost === 0 || retryAfterMs === 0;
          if (allowed) model.take(limit, cost, now);
          const wanted = {
            allowed,
            limit,
            remaining: model.remaining(limit, now),
            retryAfterMs: allowed ? 0 : retryAfterMs,
          };
          expect(plans.ofLimit(limit).check(key, cost)).toMatchObject(wanted);
          expect(model.used).toBeLessThanOrEqual(6);
        }
      }),
      {
        numRuns: 500,
        examples: [
          [
            [
              { limit: 1, cost: 1, key: 'a', ms: 0 },
              { limit: 0, cost: 0, key: 'a', ms: 0 },
            ],
          ],
        ], // a cost of 0 fits
      },
    );
  });

  it('admits no more in any span than the largest plan alone would', () => {
    const bounds = {
      'fixed-window': (most: number) => 2 * most - 1,
      'sliding-window': (most: number) => most,
      'token-bucket': (most: number, span: number) => most + Math.floor((span * most) / WINDOW),
    } as const;
    const algorithm = fc.constantFrom('fixed-window' as const, 'sliding-window' as const, 'token-bucket' as const);
    fc.assert(
      fc.property(algorithm, calls, (algorithm, steps) => {
        const { clock, plans } = plansOf({ algorithm });
        const taken: { at: number; cost: number }[] = [];
        for (const { limit, cost, ms } of steps) {
          clock.advance(ms);
          if (checkNow(plans.ofLimit(limit), 'a', cost).allowed) taken.push({ at: clock.now(), cost });
        }
        const most = Math.max(...steps.map(({ limit }) => limit));
        taken.forEach(({ at: start }, i) => {
          let units = 0;
          for (const { at, cost } of taken.slice(i)) {
            if (at - start >= WINDOW) break;
            units += cost;
            expect(units).toBeLessThanOrEqual(Math.max(0, bounds[algorithm](most, at - start)));
          }
        });
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a block through each change of plan', () => {
    fc.assert(
      fc.property(calls, (steps) => {
        const blockForMs = 150;
        const { clock, plans } = plansOf({ blockForMs });
        let blockedUntil = 0;
        for (const { limit, cost, ms } of steps) {
          clock.advance(ms);
          const { allowed, retryAfterMs } = checkNow(plans.ofLimit(limit), 'a', cost);
          if (clock.now() < blockedUntil)
            expect([allowed, retryAfterMs >= blockedUntil - clock.now()]).toEqual([false, true]);
          else if (!allowed && retryAfterMs < Number.POSITIVE_INFINITY) blockedUntil = clock.now() + blockForMs;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives back what was reserved, unless the plan has changed since', () => {
    const { plans } = plansOf();
    const [small, large] = [plans.ofLimit(2), plans.ofLimit(5)];
    const left = () => large.check('a', 0);
    (small.reserve('a', 2) as Reserved).cancel();
    expect(left()).toMatchObject({ remaining: 5 });
    const reserved = small.reserve('a', 2) as Reserved;
    expect(large.check('a', 1)).toMatchObject({ allowed: true, remaining: 2 });
    reserved.cancel();
    expect(left()).toMatchObject({ remaining: 2 });
  });

  it('admits nobody whose use it can keep no more, where the limiter of the new plan is full', () => {
    const { plans } = plansOf({ maxKeys: 1 });
    const [full, other] = [plans.ofLimit(5), plans.ofLimit(3)];
    expect(full.check('x', 5)).toMatchObject({ allowed: true });
    let admitted = 0;
    for (let i = 0; i < 10; i++) {
      for (const plan of [other, full]) if (checkNow(plan, 'y', 1).allowed) admitted++;
    }
    expect(admitted).toBe(3);
  });
});

describe('limits that are a function', () => {
  it('are all or nothing, and policies of different names do not mix', () => {
    const numbers = fc.record({
      first: limit,
      second: limit,
      cost: fc.nat(3),
      ms: fc.oneof(fc.constant(0), fc.nat(70)),
    });
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 40 }), (steps) => {
        const { clock, plans } = plansOf();
        const models = [new Model(), new Model()] as const;
        for (const { first, second, cost, ms } of steps) {
          clock.advance(ms);
          const now = clock.now();
          const waits = [models[0].retryAfter(first, cost, now), models[1].retryAfter(second, cost, now)];
          const allowed = cost === 0 || Math.max(...waits) === 0;
          if (allowed) models[0].take(first, cost, now);
          if (allowed) models[1].take(second, cost, now);
          const answer = plans.ofLimits([
            { name: 'first', limit: first },
            { name: 'second', limit: second },
          ]);
          const decision = answer.check('k', cost);
          const rows = [
            { name: 'first', limit: first, remaining: models[0].remaining(first, now) },
            { name: 'second', limit: second, remaining: models[1].remaining(second, now) },
          ];
          expect(decision).toMatchObject({ allowed, policies: rows, retryAfterMs: allowed ? 0 : Math.max(...waits) });
        }
      }),
      {
        numRuns: 500,
        examples: [
          [
            [
              { first: 1, second: 1, cost: 1, ms: 0 },
              { first: 0, second: 0, cost: 0, ms: 0 },
            ],
          ],
          // Only the first policy has other numbers, so the second's window goes on.
          [
            [
              { first: 1, second: 5, cost: 1, ms: 0 },
              { first: 2, second: 5, cost: 1, ms: 1 },
              { first: 0, second: 1, cost: 0, ms: 99 },
            ],
          ],
        ],
      },
    );
  });

  it('must have names of their own, as limits that are given have', () => {
    const { plans } = plansOf();
    const [one, two] = [
      { limit: 1, windowMs: 1000 },
      { limit: 2, windowMs: 86_400_000 },
    ];
    expect(() => plans.ofLimits([one, two])).toThrow('limits[0].name must be a string, got undefined');
    expect(() =>
      plans.ofLimits([
        { ...one, name: 'a' },
        { ...two, name: 'a' },
      ]),
    ).toThrow('limits[1].name must be its own, got "a"');
    expect(plans.ofLimits([one]).check('k', 1)).toMatchObject({ allowed: true, policy: 'default' });
  });

  it('are refused where they can be no policies, and that is no plan then', () => {
    const { plans } = plansOf();
    const bad = [
      [],
      undefined,
      7,
      'x',
      {},
      [null],
      [{ limit: -1 }],
      [{ name: 'a', limit: 1, max: 2 }],
      [{ name: 'a' }],
      Array(65).fill({ limit: 1 }),
    ];
    for (const answer of bad) expect(() => plans.ofLimits(answer as never)).toThrow(/must|unknown option/);
    for (const answer of [undefined, '5', Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, {}])
      expect(() => plans.ofLimit(answer as never)).toThrow(/limit must be/);
    for (let i = 0; i < 64; i++) plans.ofLimit(i);
  });
});

describe('plans', () => {
  it('are 64 at the most, and those that there are go on', () => {
    const { plans } = plansOf();
    for (let i = 0; i < 64; i++) plans.ofLimit(i);
    expect(() => plans.ofLimit(64)).toThrow(
      new RangeError('limit and limits must answer one of 64 plans at the most, got 64 too'),
    );
    expect(plans.ofLimit(63).check('k', 1)).toMatchObject({ allowed: true, remaining: 62 });
  });

  it('are shared by no threads', () => {
    expect(() => plansOf({ shared: 'x' })).toThrow("shared can't go with a limit that is a function");
  });
});
