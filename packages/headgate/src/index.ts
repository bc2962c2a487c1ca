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
export { type Backend, backends, type Candidate } from './backend/backends.js';
export type { Attempt } from './backend/native-candidate.js';
export { RateLimiter, type RateLimiterOptions } from './backend/rate-limiter.js';
