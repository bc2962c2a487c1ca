import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs, durationText } from './duration.js';
import { PolicyError, readPolicy } from './policy-text.js';

describe('a policy', () => {
  it('has its name, its limits, and all that is said of them, in any order', () => {
    expect(readPolicy('api=100/1m token-bucket burst=20 block=10m')).toEqual({
      name: 'api',
      text: '100/1m token-bucket burst=20 block=10m',
      limits: [{ limit: 100, windowMs: 60_000, algorithm: 'token-bucket', burst: 20, blockForMs: 600_000 }],
    });
    expect(readPolicy(' 5/s  block=1m30s sliding-window')).toMatchObject({
      name: '5/s block=1m30s sliding-window',
      limits: [{ limit: 5, windowMs: 1000, algorithm: 'sliding-window', blockForMs: 90_000 }],
    });
    expect(readPolicy('both=10/10s, 1_000/1d')).toMatchObject({
      limits: [
        { limit: 10, windowMs: 10_000 },
        { limit: 1000, windowMs: 86_400_000 },
      ],
    });
  });

  it.each([
    ['api=100/1x', 9, 'a window like 30s, 1m or 12h was expected, got "1x"'],
    ['100', 1, 'a limit like 100/1m was expected, got "100"'],
    ['', 1, 'a limit like 100/1m was expected, got the end'],
    ['x/1m', 1, 'a whole number of units was expected, got "x/1m"'],
    ['1/1m tokenbucket', 6, 'fixed-window, sliding-window, token-bucket, burst=UNITS or block=TIME was expected'],
    ['1/1m burst=x', 12, 'a burst in units, like burst=20, was expected, got "x"'],
    ['1/1m block=', 12, 'a time like block=10m was expected, got the end'],
    ['1__/1m', 1, 'a whole number of units was expected, got "1__/1m"'],
    ['1/1m token-bucket fixed-window', 19, 'one algorithm is enough, got "fixed-window"'],
    ['1/1m burst=5 burst=6', 14, 'one burst is enough, got "burst=6"'],
    ['1/1m, ', 7, 'a limit like 100/1m was expected, got the end'],
  ])('%j is refused at character %i', (text, at, wanted) => {
    expect(() => readPolicy(text)).toThrow(PolicyError);
    expect(() => readPolicy(text)).toThrow(`at character ${at}: ${wanted}`);
  });

  it('is read or refused by a PolicyError, whatever the text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'a=10/m s,.-_burstlock'), maxLength: 30 });
    fc.assert(
      fc.property(text, (each) => {
        try {
          readPolicy(each);
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
        }
      }),
    );
  });
});

it('a duration that is written is read as the same', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e11 }), (ms) => void expect(durationMs(durationText(ms))).toBe(ms)));
  for (const text of ['', '1', 'm', '1mm', '-1s', '0.5ms', '1e3s'])
    expect([text, durationMs(text)]).toEqual([text, undefined]);
  expect([durationMs('1.5h'), durationMs('1h30m')]).toEqual([5_400_000, 5_400_000]);
});
