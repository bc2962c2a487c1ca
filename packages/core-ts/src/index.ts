export { ManualClock, monotonicClock } from './clock.js';
export type {
  Algorithm,
  Clock,
  Decision,
  Engine,
  EngineFactory,
  EngineSpec,
  OnFull,
  Policy,
  PolicyRow,
  Stats,
} from './contract.js';
export { decision, tightest } from './decision.js';
export { BackendUnavailableError, RateLimitExceeded, show } from './errors.js';
export type { AnyFunction, KeyFor, LimitDecorator, LimitOptions } from './limit.js';
export { createMapEngine } from './map-engine.js';
export { DEFAULT_MAX_KEYS, type RateLimiterOptions, readOptions } from './options.js';
export { MAX_WINDOW_MS, type PolicyOptions } from './policy-options.js';
export { RateLimiter } from './rate-limiter.js';
