import type { Algorithm, Clock, EngineSpec, Policy } from './contract.js';
import { show } from './errors.js';
import { SteadyClock } from './steady-clock.js';

/** What a limiter is made from. Give exactly one of `windowSeconds` and `windowMs`. */
export interface RateLimiterOptions {
  /** Units per window: a whole number from 0 (blocks every unit) to 2^53 − 1. */
  readonly limit: number;
  /** The window in seconds: any number that makes whole milliseconds, up to ten years. */
  readonly windowSeconds?: number | undefined;
  /** The window in milliseconds: a whole number from 1, up to ten years. */
  readonly windowMs?: number | undefined;
  /** `'fixed-window'`, the default and the only one yet. */
  readonly algorithm?: Algorithm | undefined;
  /** Where `now` comes from, e.g. a `ManualClock`; by default the engine's own monotonic clock. */
  readonly clock?: Clock | undefined;
  /**
   * The name under which limiters in any worker thread of this process use one set of counters and
   * statistics. Native engine only. With a clock of your own, all of them must read one timeline.
   */
  readonly shared?: string | undefined;
}

/** The longest window: 3,653 days, the most that ten calendar years can have. */
export const MAX_WINDOW_MS = 3_653 * 86_400_000;

const ALGORITHMS: readonly string[] = ['fixed-window'] satisfies Algorithm[];
const OPTIONS: readonly string[] = [
  'limit',
  'windowSeconds',
  'windowMs',
  'algorithm',
  'clock',
  'shared',
] satisfies (keyof RateLimiterOptions)[];

/**
 * Checks the options of a limiter: the one place that does, so that no engine sees a bad number.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readOptions(options: RateLimiterOptions): EngineSpec {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  refuseUnknown(options);
  return {
    policies: [readPolicy(options)],
    clock: readClock(options.clock),
    shared: readShared(options.shared),
  };
}

function refuseUnknown(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (OPTIONS.includes(name)) continue;
    const meant = OPTIONS.find((known) => known.toLowerCase() === name.toLowerCase());
    const hint = meant === undefined ? `the options are ${OPTIONS.join(', ')}` : `did you mean ${meant}?`;
    throw new TypeError(`unknown option ${show(name)}, with the value ${show(value)}: ${hint}`);
  }
}

function readPolicy(options: RateLimiterOptions): Policy {
  const algorithm = options.algorithm ?? 'fixed-window';
  if (!ALGORITHMS.includes(algorithm)) {
    throw new RangeError(`algorithm must be 'fixed-window', the only one yet, got ${show(algorithm)}`);
  }
  const limit = wholeNumber('limit', options.limit, 0, Number.MAX_SAFE_INTEGER);
  return Object.freeze({ algorithm, limit, windowMs: readWindowMs(options) });
}

function readWindowMs({ windowMs, windowSeconds }: RateLimiterOptions): number {
  if (windowMs !== undefined && windowSeconds !== undefined) {
    throw new TypeError(`give windowMs or windowSeconds, not both: got ${show(windowMs)} and ${show(windowSeconds)}`);
  }
  if (windowSeconds === undefined) return wholeNumber('windowMs (or windowSeconds)', windowMs, 1, MAX_WINDOW_MS);
  if (typeof windowSeconds !== 'number')
    throw new TypeError(`windowSeconds must be a number, got ${show(windowSeconds)}`);
  const wholeMs = Math.round(windowSeconds * 1000);
  // 1.001 · 1000 is 1000.9999999999999: only the way back tells whether the milliseconds are whole.
  if (wholeMs / 1000 !== windowSeconds || wholeMs < 1 || wholeMs > MAX_WINDOW_MS) {
    throw new RangeError(
      `windowSeconds must make whole milliseconds from 1 to ${MAX_WINDOW_MS}, got ${show(windowSeconds)}`,
    );
  }
  return wholeMs;
}

function wholeNumber(name: string, value: unknown, min: number, max: number): number {
  const wanted = `${name} must be a whole number from ${min} to ${max}`;
  if (typeof value !== 'number') throw new TypeError(`${wanted}, got ${show(value)}`);
  if (!Number.isInteger(value) || value < min || value > max) throw new RangeError(`${wanted}, got ${show(value)}`);
  return value + 0; // or a limit of -0 would leave -0 units
}

function readClock(clock: Clock | undefined): Clock | undefined {
  if (clock === undefined) return undefined;
  if (typeof clock?.now !== 'function') throw new TypeError(`clock must have a method now(), got ${show(clock)}`);
  return new SteadyClock(clock);
}

function readShared(shared: string | undefined): string | undefined {
  if (shared === undefined) return undefined;
  if (typeof shared !== 'string') throw new TypeError(`shared must be a string, got ${show(shared)}`);
  if (shared === '') throw new RangeError(`shared must not be empty, got ${show(shared)}`);
  return shared;
}
