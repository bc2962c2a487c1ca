import { MAX_WINDOW_MS, type Policy } from '@headgate/core-ts';
import fc from 'fast-check';

const MOST = Number.MAX_SAFE_INTEGER;

/** Small limits, which a few calls exhaust, and the edges of 31, 32 and 53 bits. */
export const limits = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 8 }) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 2) },
  { weight: 2, arbitrary: fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, MOST - 2, MOST - 1, MOST) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: MOST }) },
);

/** From 1 ms to ten years, with odd numbers and the edges of 31 and 32 bits. */
export const windowsMs = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(1000, 10, 100, 60_000) },
  { weight: 3, arbitrary: fc.constantFrom(1, 2, 3, 7, 999, 1001, 1337, 86_400_001) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32 + 1, MAX_WINDOW_MS - 1, MAX_WINDOW_MS),
  },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 5000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX_WINDOW_MS }) },
);

export const policies: fc.Arbitrary<Policy> = fc.record({
  algorithm: fc.constant<'fixed-window'>('fixed-window'),
  limit: limits,
  windowMs: windowsMs,
});
