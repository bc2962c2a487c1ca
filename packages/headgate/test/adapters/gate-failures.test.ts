import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type DecisionEvent,
  decisions,
  engineErrors,
  type LetThroughEvent,
  letThrough,
} from '../../src/http/channels.js';
import type { HttpLimiter, HttpOptions } from '../../src/http/options/options.js';
import { RateLimiter } from '../../src/index.js';
import { type Asked, decideNow, gateOf } from '../http/asked.js';
import { failing, fails } from '../http/failing.js';

const ONE = { limit: 1, windowSeconds: 60 } as const;

describe('decideWithinMs', () => {
  const never = () => new Promise<never>(() => {});
  const pending: [string, Partial<HttpOptions<Asked>>][] = [
    ['skip', { skip: never }],
    ['key', { key: never }],
    ['cost', { cost: never }],
    ['limit', { limiter: undefined, windowSeconds: 60, limit: never }],
    ['the limiter', { limiter: { ...failing(true), check: never } }],
  ];

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** What comes of it once the time is over. */
  async function after(ms: number, options: Partial<HttpOptions<Asked>>) {
    const decided = Promise.resolve(gateOf({ limiter: new RateLimiter(ONE), key: () => 'k', ...options }).decide({}));
    const seen = decided.then(
      ({ refusal }) => refusal?.status ?? 'let through',
      (error: Error) => error.message,
    );
    await vi.advanceTimersByTimeAsync(ms);
    return await Promise.race([seen, 'waits']);
  }

  it('ends what never answers as an error of the engine, after ten seconds by default', async () => {
    const warn = () => {};
    for (const [name, options] of pending) {
      const message = `headgate: ${name} did not answer within decideWithinMs, 10000 ms`;
      expect(await after(9_999, options)).toBe('waits');
      expect(await after(10_000, options)).toBe(message);
      expect(await after(5, { ...options, decideWithinMs: 5, onEngineError: 'closed' })).toBe(503);
      expect(await after(5, { ...options, decideWithinMs: 5, onEngineError: 'open', warn })).toBe('let through');
      expect(await after(5, { ...options, decideWithinMs: 5, dryRun: true, warn })).toBe('let through');
      for (const decideWithinMs of [0, false] as const)
        expect(await after(1e9, { ...options, decideWithinMs })).toBe('waits');
    }
  });

  it('lets nothing through that was denied already', async () => {
    const options = { limiter: new RateLimiter({ ...ONE, limit: 0 }), message: never, onEngineError: 'open' } as const;
    expect(await after(10_000, options)).toContain('message did not answer');
  });

  it('takes nothing for a key that comes too late, and counts what the limiter takes too late', async () => {
    const inner = new RateLimiter({ limit: 5, windowSeconds: 60 });
    const answers: (() => void)[] = [];
    const later = <T>(value: () => T) => new Promise<T>((resolve) => answers.push(() => resolve(value())));
    const slow: HttpLimiter = {
      policies: inner.policies,
      check: (key, cost) => later(() => inner.check(key, cost)),
      reserve: (key, cost) => later(() => inner.reserve(key, cost)),
    };
    const seen: unknown[] = [];
    const note = (event: DecisionEvent) => seen.push(event);
    decisions.subscribe(note);
    await after(10_000, { limiter: inner, key: () => later(() => 'k') });
    await after(10_000, { limiter: slow, skipFailedRequests: true });
    for (const answer of answers) answer();
    await vi.advanceTimersByTimeAsync(0);
    decisions.unsubscribe(note);
    expect([inner.remaining('k'), seen]).toEqual([4, []]);
  });

  it('starts no timer for what answers at once, and leaves none behind', async () => {
    await after(0, {});
    await after(0, { key: async () => 'k', cost: async () => 1 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is a whole number of milliseconds that a timer can wait, or false', () => {
    for (const decideWithinMs of [-1, 0.5, Number.NaN, 2 ** 31, '5', true] as unknown as number[])
      expect(() => gateOf({ ...ONE, decideWithinMs })).toThrow('decideWithinMs must be');
  });
});

describe('warn', () => {
  it('that throws or rejects ends nothing: the message goes to the console', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const warn of [() => fails(), async () => fails(), () => Promise.reject()]) {
      const gate = gateOf({ limiter: failing(false), key: () => 'k', onEngineError: 'open', warn });
      expect(decideNow(gate).refusal).toBeUndefined();
      await new Promise(setImmediate);
    }
    expect(printed).toHaveBeenCalledTimes(3);
    printed.mockRestore();
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

  it('is told once in the log where it opens, and as an event for each request', async () => {
    const warnings: string[] = [];
    const seen: unknown[] = [];
    const note = ({ limiter, because, dryRun }: LetThroughEvent) => seen.push([limiter, because, dryRun]);
    letThrough.subscribe(note);
    const warn = (message: string) => void warnings.push(message);
    const gate = gateOf({ limiter: failing(true), key: () => 'k', onEngineError: 'open', warn });
    for (let i = 0; i < 3; i++) await gate.decide({});
    letThrough.unsubscribe(note);
    expect(warnings).toEqual([
      "headgate: limiter default: the engine failed, so requests are let through without a limit, by onEngineError: 'open': Error: the store is gone",
    ]);
    expect(seen).toEqual(Array(3).fill(['default', 'engine', false]));
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
    const gate = gateOf({ limit: 0, windowSeconds: 60, key: () => 'k', onLimited: () => fails() });
    expect(() => gate.decide({})).toThrow('it failed');
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
