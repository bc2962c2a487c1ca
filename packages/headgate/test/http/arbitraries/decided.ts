import {
  type Decision,
  leastBurst,
  MAX_WINDOW_MS,
  ManualClock,
  mostBurst,
  type Policy,
  type PolicyOptions,
  RateLimiter,
} from '@headgate/core-ts';
import fc from 'fast-check';

const MOST = Number.MAX_SAFE_INTEGER;
const limits = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constantFrom(1, 999, 1e15 - 1, 1e15, MOST - 1, MOST));
const windows = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(1, 999, 1000, 1001, 60_000, MAX_WINDOW_MS));
const names = fc.oneof(
  fc.constantFrom('default', 'a"b', 'a\\b', '"', '\\"', ' ', ';q=1', '", "x', '~!'),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }),
);

const policyOptions: fc.Arbitrary<PolicyOptions> = fc
  .record({
    name: names,
    limit: limits,
    windowMs: windows,
    algorithm: fc.constantFrom('fixed-window' as const, 'sliding-window' as const, 'token-bucket' as const),
    blockForMs: fc.constantFrom(0, 0, 0, 1, 2500),
    burst: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  })
  .map(({ burst, limit, ...rest }) => {
    const most = rest.algorithm === 'token-bucket' ? mostBurst(rest.windowMs) : limit;
    const policy = { ...rest, limit: Math.min(limit, most) };
    const bursts = policy.algorithm === 'token-bucket' && policy.limit > 0 && policy.windowMs < 1e6;
    const least = leastBurst(policy.limit, policy.windowMs);
    return bursts && burst !== undefined && least <= most ? { ...policy, burst: Math.max(burst, least) } : policy;
  });

/** Policies whose names fields can carry. */
const severalPolicies = fc.uniqueArray(policyOptions, {
  selector: ({ name }) => name,
  minLength: 1,
  maxLength: 4,
});

const steps = fc.array(
  fc.record({
    cost: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom(1, 7, 1e15, MOST)),
    ms: fc.oneof(fc.nat(3000), fc.constant(0)),
  }),
  { minLength: 1, maxLength: 8 },
);

export interface DecidedCase {
  readonly policies: readonly Policy[];
  readonly decision: Decision;
}

/** What a limiter answers after a few calls. */
export const decidedCase: fc.Arbitrary<DecidedCase> = fc.tuple(severalPolicies, steps).map(([limits, calls]) => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ limits, clock });
  const answers = calls.map(({ cost, ms }) => {
    clock.advance(ms);
    return limiter.check('k', cost);
  });
  return { policies: limiter.policies, decision: answers.at(-1) as Decision };
});
