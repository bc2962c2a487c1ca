import { SteadyClock } from '../clock/steady-clock.js';
import type { Clock, EngineSpec, OnFull, Policy } from '../contract.js';
import { show } from '../show.js';
import { oneOf, readList, readOnce, wholeNumber } from './checks.js';
import { type PolicyOptions, readPolicies } from './policy-options.js';

/** What a limiter is made from: one policy's numbers, or several policies in `limits`. */
export interface RateLimiterOptions extends Partial<PolicyOptions> {
  /** Several policies for each call, all or nothing: 1 to 64, each with a name of its own. */
  readonly limits?: readonly PolicyOptions[] | undefined;
  /**
   * The most keys that are held; 1,000,000 by default. Beyond it expired keys go first, then the one that
   * has used least of its limit; one that is over its limit or blocked stays.
   */
  readonly maxKeys?: number | undefined;
  /** What a new key is answered where all keys held are over their limits: `'deny'`, the default, or `'admit'`. */
  readonly onFull?: OnFull | undefined;
  /** Whether to count which keys are denied most, for `topKeys()`; false by default. */
  readonly track?: boolean | undefined;
  /** Where `now` comes from, e.g. a `ManualClock`; by default the engine's own monotonic clock. */
  readonly clock?: Clock | undefined;
  /**
   * The name under which limiters in any worker thread of this process use one set of counters and
   * statistics. Native engine only. With a clock of your own, all of them must read one timeline.
   */
  readonly shared?: string | undefined;
}

/**
 * A million keys take 40 MB in the native engine and 170 MB in TypeScript: more than most servers have
 * clients in a window, and less than what ends a process.
 */
export const DEFAULT_MAX_KEYS = 1_000_000;
/** What both engines can number. */
export const MOST_KEYS = 268_000_000;

const POLICY_OPTIONS = [
  'name',
  'limit',
  'windowSeconds',
  'windowMs',
  'algorithm',
  'burst',
  'blockForSeconds',
  'blockForMs',
] satisfies (keyof PolicyOptions)[];
const LIMITER_OPTIONS = [
  'limits',
  'maxKeys',
  'onFull',
  'track',
  'clock',
  'shared',
] satisfies (keyof RateLimiterOptions)[];

/** What an engine is made from, and what the limiter above it does. */
interface ReadOptions extends EngineSpec {
  readonly clock: SteadyClock | undefined;
  readonly track: boolean;
}

/**
 * Checks the options of a limiter: the one place that does, so that no engine sees a bad number.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readOptions(given: RateLimiterOptions): ReadOptions {
  if (typeof given !== 'object' || given === null) throw new TypeError(`options must be an object, got ${show(given)}`);
  const options = readOnce(given, [...POLICY_OPTIONS, ...LIMITER_OPTIONS]);
  if (options.track !== undefined && typeof options.track !== 'boolean')
    throw new TypeError(`track must be true or false, got ${show(options.track)}`);
  return {
    policies: policiesOf(options),
    clock: readClock(options.clock),
    shared: readShared(options.shared),
    maxKeys: wholeNumber('maxKeys', options.maxKeys ?? DEFAULT_MAX_KEYS, 1, MOST_KEYS),
    onFull: oneOf('onFull', options.onFull ?? 'deny', ['deny', 'admit']),
    track: options.track ?? false,
  };
}

function policiesOf({ limits, ...options }: RateLimiterOptions): readonly Policy[] {
  if (limits === undefined) return readPolicies([options as PolicyOptions]);
  for (const name of POLICY_OPTIONS) {
    if (options[name] !== undefined)
      throw new TypeError(`give ${name} within limits, not beside it: got ${show(options[name])}`);
  }
  const own = readList('limits', limits, (each, i) => {
    if (typeof each !== 'object' || each === null)
      throw new TypeError(`limits[${i}] must be an object, got ${show(each)}`);
    const policy = readOnce(each as PolicyOptions, POLICY_OPTIONS, `limits[${i}].`);
    if (policy.name === undefined) throw new TypeError(`limits[${i}].name must be a string, got undefined`);
    return policy;
  });
  return readPolicies(own, 'limits');
}

/**
 * A clock that only goes forward, over the one that was given.
 *
 * @throws TypeError for what is no clock.
 */
export function readClock(clock: Clock | undefined): SteadyClock | undefined {
  if (clock === undefined) return undefined;
  if (typeof clock?.now !== 'function') throw new TypeError(`clock must have a method now(), got ${show(clock)}`);
  if (clock.after !== undefined && typeof clock.after !== 'function')
    throw new TypeError(`clock.after must be a function, got ${show(clock.after)}`);
  return new SteadyClock(globalClock(clock) ?? clock);
}

/** `Date` and `performance` stand for those of the moment, so that fake ones are obeyed that come later. */
function globalClock(clock: Clock): Clock | undefined {
  if (clock === Date) return { now: () => Date.now() };
  return clock === globalThis.performance ? { now: () => performance.now() } : undefined;
}

function readShared(shared: string | undefined): string | undefined {
  if (shared === undefined) return undefined;
  if (typeof shared !== 'string') throw new TypeError(`shared must be a string, got ${show(shared)}`);
  if (shared === '') throw new RangeError(`shared must not be empty, got ${show(shared)}`);
  return shared;
}
