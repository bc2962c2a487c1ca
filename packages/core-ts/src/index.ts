export type { CallLimit } from './call-policies.js';
export { ManualClock } from './clock.js';
export type {
  Algorithm,
  Clock,
  Decision,
  Engine,
  EngineFactory,
  EngineSnapshot,
  EngineSpec,
  OnFull,
  Policy,
  PolicyRow,
  Reserved,
  Stats,
  Units,
} from './contract.js';
export { type Cost, readCost } from './cost.js';
export { decision, tightest } from './decision.js';
export { BackendUnavailableError, RateLimitExceeded, show } from './errors.js';
export { areClocksFaked } from './fake-clocks.js';
export type { AnyFunction, KeyFor, LimitDecorator, LimitOptions } from './limit.js';
export { createMapEngine } from './map-engine.js';
export { DEFAULT_MAX_KEYS, type RateLimiterOptions, readOptions } from './options.js';
export { OwnClock } from './own-clock.js';
export type { PolicyChange, PolicyChanges } from './policy-change.js';
export { leastBurst, MAX_WINDOW_MS, mostBurst, type PolicyOptions } from './policy-options.js';
export { type CallOptions, RateLimiter } from './rate-limiter.js';
export { oneOf, refuseUnknown, wholeNumber } from './read.js';
export type { Reservation } from './reservation.js';
export type { TopKey } from './top-keys.js';
export type { WaitLimits, WaitOptions } from './wait-options.js';
