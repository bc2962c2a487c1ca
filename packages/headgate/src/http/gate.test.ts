import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, decideNow, gateOf } from '../../test/http/asked.js';
import { RateLimiter } from '../index.js';
import { type DecisionEvent, decisions, engineErrors } from './channels.js';
import { isPromise } from './maybe-promise.js';
import type { HttpLimiter, HttpOptions } from './options.js';

const ONE = { limit: 1, windowSeconds: 60 } as const;

function fails(message = 'it failed'): never {
  throw new Error(message);
}

/** A limiter whose engine fails, at once or later. */
function failing(later: boolean): HttpLimiter {
  const call = later ? async () => fails('the store is gone') : () => fails('the store is gone');
  return { policies: new RateLimiter(ONE).policies, check: call, reserve: call };
}

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
    expect(run({ cost: noting('cost', -1) })).toMatch(/^skip,key,cost,error: cost must answer/);
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
      { key: 'user', user: () => ({}) },
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

describe('an error of the engine', () => {
  it('opens, closes or throws, and is told apart from one of a function', async () => {
    for (const later of [false, true]) {
      const decide = async (options: Partial<HttpOptions<Asked>>) =>
        gateOf({ limiter: failing(later), key: () => 'k', ...options }).decide({});
      expect(await decide({ onEngineError: 'open' })).toMatchObject({ decision: undefined, refusal: undefined });
      const closed = await decide({ onEngineError: 'closed' });
      expect([closed.refusal?.status, closed.headers()]).toEqual([
        503,
        ['Retry-After', '1', 'Cache-Control', 'no-store'],
      ]);
      await expect(decide({ onEngineError: 'throw' })).rejects.toThrow('the store is gone');
      for (const onEngineError of ['open', 'closed', 'throw'] as const)
        await expect(decide({ onEngineError, key: () => fails() })).rejects.toThrow('it failed');
    }
  });

  it('is published, and one of a function is not', async () => {
    const seen: unknown[] = [];
    const note = ({ error }: { error: unknown }) => seen.push((error as Error).message);
    engineErrors.subscribe(note);
    decideNow(gateOf({ limiter: failing(false), onEngineError: 'open', key: () => 'k' }));
    await gateOf({ limiter: failing(true), onEngineError: 'open', key: () => 'k' }).decide({});
    expect(() => decideNow(gateOf({ ...ONE, key: () => fails() }))).toThrow();
    engineErrors.unsubscribe(note);
    expect(seen).toEqual(['the store is gone', 'the store is gone']);
  });
});

describe('onLimited', () => {
  it('that throws ends the request in its error: it is not let through', () => {
    for (const dryRun of [false, true]) {
      const gate = gateOf({ limit: 0, windowSeconds: 60, key: () => 'k', dryRun, onLimited: () => fails() });
      expect(() => gate.decide({})).toThrow('it failed');
    }
  });

  it('that rejects is a warning, and the request is denied all the same', async () => {
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    const gate = gateOf({ limit: 0, windowSeconds: 60, key: () => 'k', warn, onLimited: async () => fails() });
    expect(decideNow(gate).refusal).toMatchObject({ status: 429 });
    await new Promise(setImmediate);
    expect(warnings).toEqual(['headgate: onLimited failed: Error: it failed']);
  });

  it('is not told of what is allowed, nor of what the engine could not decide', () => {
    const onLimited = () => fails();
    expect(decideNow(gateOf({ ...ONE, key: () => 'k', onLimited })).refusal).toBeUndefined();
    decideNow(gateOf({ limiter: failing(false), onEngineError: 'closed', key: () => 'k', onLimited }));
  });
});
