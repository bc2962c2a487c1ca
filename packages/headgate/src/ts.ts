// `headgate/ts`: the same names on the TypeScript engine, which never even looks for a binary.
export {
  type Algorithm,
  BackendUnavailableError,
  type Clock,
  type Decision,
  ManualClock,
  type Policy,
  RateLimitExceeded,
  RateLimiter,
  type RateLimiterOptions,
  type Stats,
} from '@headgate/core-ts';
