export { ManualClock, monotonicClock } from './clock.js';
export type {
  Algorithm,
  Clock,
  Decision,
  Engine,
  EngineFactory,
  EngineSpec,
  Policy,
  Stats,
} from './contract.js';
export { decision } from './decision.js';
export { BackendUnavailableError, RateLimitExceeded, show } from './errors.js';
export type { AnyFunction, KeyFor, LimitDecorator, LimitOptions } from './limit.js';
export { createMapEngine } from './map-engine.js';
export { MAX_WINDOW_MS, type RateLimiterOptions, readOptions } from './options.js';
export { RateLimiter } from './rate-limiter.js';
