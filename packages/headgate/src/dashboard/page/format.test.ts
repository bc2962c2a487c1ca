import { describe, expect, it } from 'vitest';
import { formatCount, formatDuration, formatKey, formatRate, formatShare, formatSlowRate } from './format.js';

describe('formats', () => {
  it('tells durations in their two largest units, never too short', () => {
    const cases: [number, string][] = [
      [0.2, '1 ms'],
      [999, '999 ms'],
      [1000, '1 s'],
      [1001, '2 s'],
      [59_001, '1 min'],
      [61_000, '1 min 1 s'],
      [3_599_001, '1 h'],
      [5_400_000, '1 h 30 min'],
      [86_399_999, '1 d'],
      [90_000_000, '1 d 1 h'],
      [315_619_200_000, '3653 d'],
    ];
    for (const [ms, text] of cases) expect(formatDuration(ms), String(ms)).toBe(text);
  });

  it('tells few calls per second in tenths, and many in whole numbers', () => {
    expect([0, 0.25, 9.96, 12.5, 1234].map(formatRate)).toEqual(['0', '0.3', '10', '13', '1,234']);
  });

  it('tells rates of less than one in the shortest time that has a whole one', () => {
    const rates = [0, 2.5, 1, 0.5, 1 / 60, 1 / 61, 1 / 3600, 1 / 86_400];
    expect(rates.map(formatSlowRate)).toEqual(['0/s', '2.5/s', '1/s', '30/min', '1/min', '59/h', '1/h', '1/d']);
  });

  it('shortens counts from ten million', () => {
    expect([9_999_999, 12_345_678, 9_007_199_254_740_991].map(formatCount)).toEqual(['9,999,999', '12.35M', '9007.2T']);
  });

  it('has no share of nothing', () => {
    expect([formatShare(0, 0), formatShare(1, 8), formatShare(1, 1)]).toEqual(['–', '12.5%', '100%']);
  });

  it('leaves a key as it is, but for what can not be seen', () => {
    for (const key of ['203.0.113.7', '2001:db8::/64', 'user:Zoë 中 😀', '<b>"\'&']) expect(formatKey(key)).toBe(key);
    expect(formatKey('a\nb\u202ec\u200bd\0')).toBe('a\\u{a}b\\u{202e}c\\u{200b}d\\u{0}');
    expect(formatKey('\udc00')).toBe('\\u{dc00}');
    expect(formatKey('')).toBe('(empty)');
    expect(formatKey('k'.repeat(1_201))).toBe(`${'k'.repeat(200)}… (1,201 characters)`);
  });
});
