import { decision as decisionOf } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { type Asked, decideNow, gateOf } from '../../../test/http/asked.js';
import type { HttpOptions } from '../options/options.js';

const denied = (options: Partial<HttpOptions<Asked>>) =>
  decideNow(gateOf({ limit: 0, windowSeconds: 60, key: () => 'k', ...options })).refusal;

describe('a refusal', () => {
  it('says what message says, as the detail or as the whole, once per options or once per request', () => {
    expect(denied({})?.body).toBe('{"detail":"Too many requests"}');
    expect(denied({ message: '"\\\r\n' })?.body).toBe('{"detail":"\\"\\\\\\r\\n"}');
    expect(denied({ message: { a: 1 }, problemDetails: true })?.body).toBe('{"a":1}');
    expect(denied({ message: ({ path }) => `no ${path}` })?.body).toBe('{"detail":"no undefined"}');
    expect(denied({ message: (_request, { limit }) => ({ limit }) })?.body).toBe('{"limit":0}');
  });

  it('is an error where message answers neither a string nor an object', () => {
    for (const answer of [undefined, null, 5, true, Symbol('s'), async () => 'x'])
      expect(() => denied({ message: () => answer as never })).toThrow('message must answer a string or an object');
    expect(() =>
      denied({
        message: () => {
          throw new Error('no');
        },
      }),
    ).toThrow('no');
  });

  it('waits for a message that is a promise, and is an error where that rejects', async () => {
    const asked = async (message: () => Promise<string>) =>
      (await gateOf({ limit: 0, windowSeconds: 60, key: () => 'k', message }).decide({})).refusal;
    expect((await asked(async () => 'later'))?.body).toBe('{"detail":"later"}');
    await expect(asked(() => Promise.reject())).rejects.toThrow('message failed with undefined, which is no Error');
  });

  it('names the policies that deny, and the one that binds where a full limiter does', () => {
    const limits = [
      { name: 'a', limit: 0, windowMs: 1000 },
      { name: 'b', limit: 5, windowMs: 1000 },
      { name: 'c', limit: 0, windowMs: 1000 },
    ];
    const violated = (refusal: ReturnType<typeof denied>) => JSON.parse(refusal?.body ?? '')['violated-policies'];
    expect(violated(denied({ limit: undefined, windowSeconds: undefined, limits, problemDetails: true }))).toEqual([
      'a',
      'c',
    ]);
    const row = { name: 'd', limit: 1, remaining: 1, resetAfterMs: 0, retryAfterMs: 0 };
    const decision = { ...decisionOf(false, [row], 0), retryAfterMs: 1000, retryAfterSeconds: 1 }; // full, no policy denies
    const limiter = {
      policies: [],
      check: () => decision,
      reserve: () => ({ decision, commit: () => decision, cancel: () => decision }),
    };
    expect(violated(denied({ limit: undefined, windowSeconds: undefined, limiter, problemDetails: true }))).toEqual([
      'd',
    ]);
  });
});
