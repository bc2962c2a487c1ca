import { ManualClock, RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHeaders } from '../../http/answer/headers.js';
import type { AnswerOptions } from '../../http/options/options.js';
import { LONGEST_TOLD_MS } from './times.js';
import { readTold } from './told.js';

const DATE = 'Fri, 27 Nov 2026 10:00:00 GMT';
const NOW_SECONDS = Date.parse(DATE) / 1000;

function told(fields: Record<string, string>, status = 200) {
  return readTold({ status, headers: new Headers({ date: DATE, ...fields }) });
}

const one = (limit: number | undefined, remaining: number, resetMs: number, name = '', countsCalls = true) => ({
  name,
  limit,
  remaining,
  resetMs,
  countsCalls,
});

describe('rate limit fields', () => {
  it.each([
    [
      'of draft 8 and later',
      { ratelimit: '"a";r=7;t=3', 'ratelimit-policy': '"a";q=10;w=60' },
      [one(10, 7, 3000, 'a')],
    ],
    ['with Tokens for names', { ratelimit: 'a;r=7;t=3', 'ratelimit-policy': 'a;q=10;w=60' }, [one(10, 7, 3000, 'a')]],
    ['without a policy', { ratelimit: '"a";r=7;t=3' }, [one(undefined, 7, 3000, 'a')]],
    [
      'of several limits',
      { ratelimit: '"a";r=7;t=3, "b";r=1;t=9;pk=:AA==:', 'ratelimit-policy': '"b";q=2;w=9;qu="content-bytes"' },
      [one(undefined, 7, 3000, 'a'), one(2, 1, 9000, 'b', false)],
    ],
    [
      'of draft 8 without a time, where nothing is left: for the window',
      { ratelimit: '"a";r=0', 'ratelimit-policy': '"b";q=9;w=9, "a";q=10;w=60' },
      [one(10, 0, 60_000, 'a')],
    ],
    [
      'with a time, whatever the window is',
      { ratelimit: '"a";r=0;t=0', 'ratelimit-policy': '"a";q=10;w=60' },
      [one(10, 0, 0, 'a')],
    ],
    ['of draft 7', { ratelimit: 'limit=10, remaining=7, reset=3' }, [one(10, 7, 3000)]],
    [
      'of draft 6',
      { 'ratelimit-limit': '10, 10;w=60', 'ratelimit-remaining': '7', 'ratelimit-reset': '3' },
      [one(10, 7, 3000)],
    ],
    ['X-RateLimit in seconds', { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '3' }, [one(undefined, 7, 3000)]],
    [
      'X-RateLimit as a Unix time in seconds',
      { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': `${NOW_SECONDS + 3}` },
      [one(10, 7, 3000)],
    ],
    [
      'X-RateLimit as a Unix time in milliseconds',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW_SECONDS * 1000 + 1234}` },
      [one(undefined, 0, 1234)],
    ],
    [
      'X-RateLimit as a date',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2026-11-27T10:00:02Z' },
      [one(undefined, 0, 2000)],
    ],
    [
      'X-Rate-Limit',
      { 'x-rate-limit-limit': '10', 'x-rate-limit-remaining': '7.9', 'x-rate-limit-reset': '3' },
      [one(10, 7, 3000)],
    ],
    [
      'with a Reset-After beside the Reset',
      { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '1', 'x-ratelimit-reset-after': '0.25' },
      [one(undefined, 1, 250)],
    ],
    [
      'of calls and tokens',
      {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '1m2.5s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '20ms',
      },
      [one(60, 59, 62_500, 'requests'), one(undefined, 0, 20, 'tokens', false)],
    ],
    [
      'of tokens that go in and those that come out',
      {
        'anthropic-ratelimit-input-tokens-limit': '400',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '5',
        'anthropic-ratelimit-output-tokens-remaining': '7',
        'anthropic-ratelimit-output-tokens-reset': '6',
      },
      [one(400, 0, 5000, 'input-tokens', false), one(undefined, 7, 6000, 'output-tokens', false)],
    ],
    [
      'the newest of several',
      { ratelimit: '"a";r=7;t=3', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '1' },
      [one(undefined, 7, 3000, 'a')],
    ],
    [
      'a time that is over',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW_SECONDS - 3}` },
      [one(undefined, 0, 0)],
    ],
    [
      'more than a day',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '999999999' },
      [one(undefined, 0, LONGEST_TOLD_MS)],
    ],
  ])('are read: %s', (_, fields, limits) => {
    expect(told(fields as unknown as Record<string, string>).limits).toEqual(limits);
  });

  it.each([
    ['a negative rest', { 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': '3' }],
    ['no number', { 'x-ratelimit-remaining': 'NaN', 'x-ratelimit-reset': '3' }],
    ['an exponent', { 'x-ratelimit-remaining': '1e3', 'x-ratelimit-reset': '3' }],
    ['no time', { 'x-ratelimit-remaining': '0' }],
    ['a negative time', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '-5' }],
    ['Infinity', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'Infinity' }],
    ['a number that is no whole one of a field', { ratelimit: '"a";r=-7;t=3' }],
    ['a malformed field', { ratelimit: '"a;r=7;t=3' }],
    ['a member without a rest', { ratelimit: '"a";t=3' }],
    ['a rest without a time', { ratelimit: '"a";r=1', 'ratelimit-policy': '"a";q=10;w=60' }],
    ['nothing left without a time or a window', { ratelimit: '"a";r=0', 'ratelimit-policy': '"a";q=10, "b";q=9;w=9' }],
    ['a time that is none', { ratelimit: '"a";r=0;t="5"', 'ratelimit-policy': '"a";q=10;w=60' }],
    ['a dictionary of draft 7 with a list', { ratelimit: 'limit=(1 2), remaining=(1), reset=1' }],
    ['an answer from a cache', { age: '30', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' }],
  ])('are not read: %s', (_, fields) => {
    expect(told(fields as unknown as Record<string, string>)).toEqual({ retryAfterMs: undefined, limits: [] });
  });

  const KINDS: (AnswerOptions<unknown> & { readonly name: string })[] = [
    ...(['draft-6', 'draft-7', 'draft-8', 'latest'] as const).map((standard) => ({ name: standard, standard })),
    { name: 'X-RateLimit-* in seconds', resetFormat: 'seconds' },
    { name: 'X-RateLimit-* as a Unix time', resetFormat: 'epoch' },
  ];

  it.each(KINDS)('say what headgate itself has written: $name', ({ name: _, ...options }) => {
    const limiter = new RateLimiter({ limit: 5, windowSeconds: 60, clock: new ManualClock() });
    const { writeHeaders } = readHeaders(options, false);
    for (const remaining of [4, 3, 2, 1, 0]) {
      const headers = new Headers();
      const written = writeHeaders(limiter, limiter.check('a'));
      for (let i = 0; i < written.length; i += 2) headers.set(written[i] as string, written[i + 1] as string);
      const [limit] = readTold({ status: 200, headers }).limits;
      expect(limit).toMatchObject({ remaining, limit: 5 });
      expect(limit?.resetMs).toBeGreaterThan(58_000); // a Unix time in whole seconds is up to one early
      expect(limit?.resetMs).toBeLessThanOrEqual(61_000);
    }
  });
});

describe('Retry-After', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['no time at all', { 'retry-after': '0' }, 0],
    ['a date', { 'retry-after': 'Fri, 27 Nov 2026 10:00:07 GMT' }, 7000],
    ['a date of RFC 850', { 'retry-after': 'Friday, 27-Nov-26 10:00:07 GMT' }, 7000],
    ['a date that is over', { 'retry-after': 'Fri, 27 Nov 2026 09:00:00 GMT' }, 0],
    ['milliseconds beside it', { 'retry-after': '7', 'retry-after-ms': '6543' }, 6543],
    ['a Unix time', { 'retry-after': `${NOW_SECONDS + 7}` }, 7000],
    ['more than a day', { 'retry-after': '100000' }, LONGEST_TOLD_MS],
    ['no number', { 'retry-after': 'soon' }, undefined],
    ['a negative number', { 'retry-after': '-7' }, undefined],
    ['what only Date.parse takes for a date', { 'retry-after': '7 apples' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
  ])('is read: %s', (_, fields, ms) => {
    expect(told(fields as unknown as Record<string, string>, 429).retryAfterMs).toBe(ms);
  });

  it('holds on refusals and where nothing is left, and not on a 202', () => {
    const fields = { 'retry-after': '7' };
    expect([202, 301, 403, 429, 503].map((status) => told(fields, status).retryAfterMs)).toEqual([
      undefined,
      undefined,
      7000,
      7000,
      7000,
    ]);
    expect(told({ ...fields, ratelimit: '"a";r=0;t=3, "b";r=1;t=1' })).toEqual({
      retryAfterMs: 7000,
      limits: [one(undefined, 1, 1000, 'b')],
    });
  });
});

const names = ['date', 'age', 'retry-after', 'retry-after-ms', 'ratelimit', 'ratelimit-policy', 'ratelimit-remaining'];
const more = ['ratelimit-reset', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'x-ratelimit-limit'];
const token = fc.constantFrom(
  '-',
  '1',
  '0',
  '9'.repeat(30),
  '.',
  'e',
  ';',
  ',',
  '=',
  '"',
  'r',
  't',
  'limit',
  'NaN',
  ' ',
);
const text = fc.oneof(
  fc.string(),
  fc.array(token).map((all) => all.join('')),
  fc.double().map(String),
);

it('no text of any header makes it throw, or tells more than a day', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names, ...more), text), fc.integer(), (fields, status) => {
      const { retryAfterMs = 0, limits } = readTold({ status, headers: { get: (name) => fields[name] ?? null } });
      for (const ms of [retryAfterMs, ...limits.map(({ resetMs }) => resetMs)]) {
        expect(Number.isInteger(ms) && ms >= 0 && ms <= LONGEST_TOLD_MS).toBe(true);
      }
      for (const { remaining } of limits) expect(Number.isInteger(remaining) && remaining >= 0).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
