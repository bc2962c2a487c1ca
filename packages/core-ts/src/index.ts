export { ManualClock } from './clock/clock.js';
export { areClocksFaked } from './clock/fake-clocks.js';
export { OwnClock } from './clock/own-clock.js';
export { type WaitClock, waitClock } from './clock/wait-clock.js';
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
export { decision, tightest } from './decision.js';
export { createMapEngine } from './engine/create-map-engine.js';
export { BackendUnavailableError, RateLimitExceeded } from './errors.js';
export { FixedWindowLimiter, type FixedWindowOptions } from './fixed-window/fixed-window-limiter.js';
export { readUnits } from './limiter/call-arguments.js';
export { type By, type CallLimit, type CallOptions, CallPolicies } from './limiter/call-policies.js';
export {
  type AnyFunction,
  type Checker,
  type KeyFor,
  type LimitDecorator,
  type LimitOptions,
  limitDecorator,
  limited,
} from './limiter/limit.js';
export { RateLimiter } from './limiter/rate-limiter.js';
export type { Reservation } from './limiter/reservation.js';
export { mostDenied, type TopKey, TopKeys } from './limiter/top-keys.js';
export { onAbort } from './limiter/waiting/abort-listeners.js';
export { flat, fold } from './memory/fold.js';
export { oneOf, readOnce, refuseUnknown, wholeNumber } from './options/checks.js';
export { type Cost, readCost } from './options/cost.js';
export { DEFAULT_MAX_KEYS, type RateLimiterOptions, readClock, readOptions } from './options/options.js';
export { changePolicies, type PolicyChange, type PolicyChanges } from './options/policy-change.js';
export { leastBurst, MAX_WINDOW_MS, mostBurst, type PolicyOptions } from './options/policy-options.js';
export {
  type ReserveOptions,
  readReserve,
  readWait,
  type Signal,
  type Wait,
  type WaitLimits,
  type WaitOptions,
} from './options/wait-options.js';
export { show } from './show.js';
export { beyond, isNone, unitsOf } from './units.js';
