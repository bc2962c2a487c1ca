// `headgate/ts`: the same names on the TypeScript engine, which never even looks for a binary.
// Beside them, for where each kilobyte counts, a limiter of one fixed window.
// The list stands in index.ts too, on purpose: each entry says by itself what it exports.
export {
  type Algorithm,
  BackendUnavailableError,
  type Clock,
  type Decision,
  FixedWindowLimiter,
  type FixedWindowOptions,
  ManualClock,
  type Policy,
  type PolicyChange,
  type PolicyChanges,
  type PolicyOptions,
  type PolicyRow,
  RateLimitExceeded,
  RateLimiter,
  type RateLimiterOptions,
  type Reservation,
  type Stats,
  type TopKey,
  type WaitOptions,
} from '@headgate/core-ts';
