import { MAX_WINDOW_MS } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { wholeWindowMs } from './whole-window.js';

describe('a whole window', () => {
  it.each([
    [1000, 1000],
    [1000.2, 1001],
    [0.5, 1],
    [1.1 * 3_600_000, 3_960_000],
    [0, 1],
    [-1, 1],
    [MAX_WINDOW_MS, MAX_WINDOW_MS],
    [MAX_WINDOW_MS + 1, MAX_WINDOW_MS],
    [Number.MAX_SAFE_INTEGER, MAX_WINDOW_MS],
    [Number.POSITIVE_INFINITY, MAX_WINDOW_MS],
  ])('of %d ms is one of %d ms', (given, taken) => expect(wholeWindowMs('windowMs', given)).toBe(taken));

  it.each([Number.NaN, '60000', undefined, null])('is never made of %o', (given) => {
    expect(() => wholeWindowMs('windowMs', given)).toThrow(TypeError);
    expect(() => wholeWindowMs('windowMs', given)).toThrow('windowMs must be a number of milliseconds, got ');
  });
});
