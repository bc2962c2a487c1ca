import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, decideNow, gateOf } from '../../test/http/asked.js';
import { failing, fails } from '../../test/http/failing.js';
import { RateLimiter } from '../index.js';
import { isPromise } from './callbacks/maybe-promise.js';
import { type DecisionEvent, decisions, type LetThroughEvent, letThrough } from './channels.js';
import type { HttpOptions } from './options/options.js';

const ONE = { limit: 1, windowSeconds: 60 } as const;

describe('deciding', () => {
  it('asks the filter, skip, key, cost and limit, in this order, and no more once the answer is known', () => {
    const asked: string[] = [];
    const noting =
      <T>(name: string, answer: T) =>
      () => {
        asked.push(name);
        return answer;
      };
    const run = (options: Partial<HttpOptions<Asked>>, method = 'GET') => {
      asked.length = 0;
      const all = {
        windowSeconds: 60,
        methods: ['GET'],
        skip: noting('skip', false),
        key: noting('key', 'k'),
        cost: noting('cost', 1),
        limit: noting('limit', 1),
      };
      try {
        decideNow(gateOf({ ...all, ...options }), { method });
      } catch (error) {
        asked.push(`error: ${(error as Error).message}`);
      }
      return asked.join();
    };
    expect(run({})).toBe('skip,key,cost,limit');
    expect(run({}, 'POST')).toBe('');
    expect(run({ skip: noting('skip', true) })).toBe('skip');
    expect(run({ skip: () => fails() })).toBe('error: it failed');
    expect(run({ key: () => fails() })).toBe('skip,error: it failed');
    expect(run({ cost: () => fails() })).toBe('skip,key,error: it failed');
    expect(run({ cost: noting('cost', -1) })).toMatch(/^skip,key,cost,error: cost must be a whole/);
    expect(run({ limit: () => fails() })).toBe('skip,key,cost,error: it failed');
  });

  it('answers at once unless something is a promise, and the same then', async () => {
    const later = fc.record({
      skip: fc.boolean(),
      key: fc.boolean(),
      cost: fc.boolean(),
      limit: fc.boolean(),
      check: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(later, async (is) => {
        const answering =
          <T>(isLater: boolean, answer: T) =>
          () =>
            isLater ? Promise.resolve(answer) : answer;
        const inner = new RateLimiter({ limit: 3, windowSeconds: 60 });
        const limiter = {
          policies: inner.policies,
          check: (key: string, cost?: number) => answering(is.check, inner.check(key, cost))(),
          reserve: inner.reserve.bind(inner),
        };
        const limits = is.check ? { limiter } : { limit: answering(is.limit, 3), windowSeconds: 60 };
        const gate = gateOf({
          ...limits,
          skip: answering(is.skip, false),
          key: answering(is.key, 'k'),
          cost: answering(is.cost, 2),
        });
        const outcome = gate.decide({});
        expect(isPromise(outcome)).toBe(is.skip || is.key || is.cost || is.check || is.limit);
        expect((await outcome).decision).toMatchObject({ allowed: true, remaining: 1 });
        expect((await gate.decide({})).refusal).toMatchObject({ status: 429 });
      }),
    );
  });

  it('takes nothing where a function fails, at once or later', async () => {
    const limiter = new RateLimiter({ limit: 9, windowSeconds: 60 });
    const bad: Partial<HttpOptions<Asked>>[] = [
      { skip: () => fails() },
      { skip: async () => fails() },
      { key: () => fails() },
      { key: async () => fails() },
      { cost: () => fails() },
      { cost: async () => fails() },
      { cost: () => Number.NaN },
      { cost: async () => 0.5 },
      { cost: () => '1' as never },
    ];
    for (const options of bad) {
      const gate = gateOf({ limiter, key: () => 'k', onEngineError: 'open', ...options });
      await expect((async () => gate.decide({}))()).rejects.toThrow();
    }
    expect(limiter.stats().totalChecks).toBe(0);
  });

  it('takes a cost of -0 for 0, and one that no limit has', () => {
    const gate = (cost: number) => decideNow(gateOf({ ...ONE, key: () => 'k', cost: () => cost })).decision;
    expect(gate(-0)).toMatchObject({ allowed: true, remaining: 1 });
    expect(gate(1e300)).toMatchObject({ allowed: false, retryAfterMs: Number.POSITIVE_INFINITY });
  });

  it('leaves a request alone whose address is refused, and answers it with 400', () => {
    const limiter = new RateLimiter(ONE);
    const outcome = decideNow(gateOf({ limiter, unknownAddress: 'refuse', problemDetails: true }), {});
    expect([outcome.decision, outcome.refusal?.status, outcome.headers()]).toEqual([undefined, 400, []]);
    expect(limiter.stats().totalChecks).toBe(0);
  });
});

describe('a dry run', () => {
  it('counts, reports and publishes a denial, and neither refuses nor tells', () => {
    const limiter = new RateLimiter(ONE);
    const denials: number[] = [];
    const seen: unknown[] = [];
    const note = ({ decision, dryRun }: DecisionEvent) => seen.push([decision.allowed, dryRun]);
    decisions.subscribe(note);
    const gate = gateOf({
      limiter,
      key: () => 'k',
      dryRun: true,
      onLimited: (_request, { limit }) => void denials.push(limit),
    });
    const [first, second] = [decideNow(gate), decideNow(gate)];
    decisions.unsubscribe(note);
    expect([first.refusal, second.refusal, second.decision?.allowed, second.headers()]).toEqual([
      undefined,
      undefined,
      false,
      [],
    ]);
    expect([denials, seen, limiter.stats().blocked]).toEqual([
      [1],
      [
        [true, true],
        [false, true],
      ],
      1,
    ]);
  });
});

describe('a dry run in which something fails', () => {
  const failures: [string, Partial<HttpOptions<Asked>>][] = [
    ['skip', { skip: () => fails() }],
    ['key', { key: () => fails() }],
    ['key', { key: () => '' }],
    ['key', { key: 'user', user: () => fails() }],
    ['key', { key: 'ip', unknownAddress: 'refuse' }],
    ['cost', { cost: () => fails() }],
    ['cost', { cost: () => -1 }],
    ['limit', { limiter: undefined, windowSeconds: 60, limit: () => fails() }],
    ['limit', { limiter: undefined, windowSeconds: 60, limit: () => -1 }],
    ['engine', { limiter: failing(false) }],
    ['engine', { limiter: failing(true) }],
  ];

  it('lets through, with one warning for each function and an event for each request', async () => {
    for (const [because, options] of failures) {
      const warnings: string[] = [];
      const seen: unknown[] = [];
      const note = (event: LetThroughEvent) => seen.push([event.because, event.dryRun, event.error instanceof Error]);
      letThrough.subscribe(note);
      const warn = (message: string) => void warnings.push(message);
      const gate = gateOf({ limiter: new RateLimiter(ONE), key: () => 'k', dryRun: true, warn, ...options });
      for (let i = 0; i < 3; i++) expect((await gate.decide({})).refusal).toBeUndefined();
      letThrough.unsubscribe(note);
      expect([because, warnings.length]).toEqual([because, 1]);
      expect(warnings[0]).toContain(because === 'engine' ? 'the engine failed' : `${because} failed`);
      expect(seen).toEqual(Array(3).fill([because, true, true]));
    }
  });

  it('counts a denial that onLimited fails on, at once or later, and warns once', async () => {
    for (const onLimited of [() => fails(), async () => fails(), () => Promise.reject()]) {
      const warnings: string[] = [];
      const warn = (message: string) => void warnings.push(message);
      const gate = gateOf({ limit: 0, windowSeconds: 60, key: () => 'k', dryRun: true, warn, onLimited });
      for (let i = 0; i < 3; i++)
        expect(decideNow(gate)).toMatchObject({ refusal: undefined, decision: { allowed: false } });
      await new Promise(setImmediate);
      expect(warnings).toHaveLength(1);
    }
  });
});

describe('what is thrown', () => {
  it('is never what a framework would take for success or for a command', async () => {
    const bad: Partial<HttpOptions<Asked>>[] = [
      { skip: () => Promise.reject() },
      { key: () => Promise.reject() },
      { key: () => Promise.reject('route') },
      {
        key: () => {
          throw undefined;
        },
      },
      { cost: () => Promise.reject(null) },
      { limiter: undefined, windowSeconds: 60, limit: () => Promise.reject(0) },
      { limiter: { ...failing(true), check: () => Promise.reject() } },
      { limiter: new RateLimiter({ ...ONE, limit: 0 }), message: () => Promise.reject() },
      {
        limiter: new RateLimiter({ ...ONE, limit: 0 }),
        onLimited: () => {
          throw undefined;
        },
      },
    ];
    for (const options of bad) {
      const gate = gateOf({ limiter: new RateLimiter(ONE), key: () => 'k', ...options });
      await expect((async () => gate.decide({}))()).rejects.toThrow('which is no Error');
    }
  });

  it('stays as it is where it is an error, or has a status of its own', async () => {
    for (const thrown of [new TypeError('own'), { status: 401 }, new Response(null, { status: 402 })]) {
      const gate = gateOf({ ...ONE, key: () => Promise.reject(thrown) });
      await expect(gate.decide({})).rejects.toBe(thrown);
    }
  });

  it('may come of anything that has a then', async () => {
    // biome-ignore lint/suspicious/noThenProperty: it is what is tested
    const thenable = { then: (known: (key: string) => void) => known('k') };
    const gate = gateOf({ ...ONE, key: () => thenable as Promise<string> });
    expect((await gate.decide({})).decision?.allowed).toBe(true);
  });
});
