export {
  type Algorithm,
  BackendUnavailableError,
  type Clock,
  type Decision,
  ManualClock,
  type Policy,
  type PolicyChange,
  type PolicyChanges,
  type PolicyOptions,
  type PolicyRow,
  RateLimitExceeded,
  type Reservation,
  type Stats,
  type TopKey,
  type WaitOptions,
} from '@headgate/core-ts';
export { type Backend, backends, type Candidate } from './backends.js';
export type { Attempt } from './native-candidate.js';
export { RateLimiter, type RateLimiterOptions } from './rate-limiter.js';
