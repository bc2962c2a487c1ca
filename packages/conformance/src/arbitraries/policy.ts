import { type Algorithm, leastBurst, MAX_WINDOW_MS, mostBurst, type Policy } from '@headgate/core-ts';
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

const algorithms = fc.constantFrom<Algorithm>('fixed-window', 'fixed-window', 'sliding-window', 'token-bucket');

/** `undefined`: as much as the limit. Only a token bucket has another. */
const bursts = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 12 }) },
);

export const policies: fc.Arbitrary<Policy> = fc
  .record({ algorithm: algorithms, limit: limits, windowMs: windowsMs, burst: bursts })
  .map(policyOf);

export const fixedWindows: fc.Arbitrary<Policy> = fc
  .record({ algorithm: fc.constant<Algorithm>('fixed-window'), limit: limits, windowMs: windowsMs })
  .map(policyOf);

/** Policies whose denials block, for parts and multiples of their window. */
export const blockingPolicies: fc.Arbitrary<Policy> = fc
  .record({ policy: policies, blocks: fc.constantFrom(0, 0, 0.001, 0.5, 1, 2) })
  .map(({ policy, blocks }) => ({
    ...policy,
    blockForMs: blocks === 0 ? 0 : Math.min(MAX_WINDOW_MS, Math.ceil(policy.windowMs * blocks)),
  }));

interface Numbers extends Pick<Policy, 'limit' | 'windowMs'> {
  readonly algorithm?: Algorithm;
  readonly burst?: number | undefined;
  readonly name?: string;
}

/** One of each algorithm, in a fixed order. */
export function byEachAlgorithm<T>(made: (algorithm: Algorithm) => T): T[] {
  return (['fixed-window', 'sliding-window', 'token-bucket'] as const).map(made);
}

/** A policy of the numbers given, and without those that it can't have. */
export function policyOf({
  algorithm = 'fixed-window',
  limit: asked,
  windowMs,
  burst,
  name = 'default',
}: Numbers): Policy {
  const limit = algorithm === 'token-bucket' ? Math.min(asked, mostBurst(windowMs)) : asked;
  const most = algorithm === 'token-bucket' && limit > 0 ? (limit * MAX_WINDOW_MS) / windowMs : 0;
  const fits =
    burst !== undefined && burst <= most && burst >= leastBurst(limit, windowMs) && burst <= mostBurst(windowMs);
  return { name, algorithm, limit, windowMs, burst: fits ? burst : limit, blockForMs: 0 };
}

/** The longest that a key stays live without a block. */
export function spanMsOf({ algorithm, limit, windowMs, burst }: Policy): number {
  if (algorithm === 'fixed-window') return windowMs;
  if (algorithm === 'sliding-window') return windowMs + Math.max(1, Math.floor(windowMs / 10)) - 1;
  return limit === 0 ? windowMs : Number((BigInt(burst) * BigInt(windowMs) + BigInt(limit) - 1n) / BigInt(limit));
}
