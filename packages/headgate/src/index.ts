export {
  type Algorithm,
  BackendUnavailableError,
  type Clock,
  type Decision,
  ManualClock,
  type Policy,
  RateLimitExceeded,
  type Stats,
} from '@headgate/core-ts';
export { type Backend, backends, type Candidate } from './backends.js';
export type { Attempt } from './native-candidate.js';
export { RateLimiter, type RateLimiterOptions } from './rate-limiter.js';
