import type { Algorithm, Policy } from '../contract.js';
import { show } from '../show.js';
import { oneOf, wholeNumber } from './checks.js';

/** One policy as users write it. Give exactly one of `windowSeconds` and `windowMs`. */
export interface PolicyOptions {
  /** What decisions and statistics call it: unique in `limits`; `'default'` for a policy that stands alone. */
  readonly name?: string | undefined;
  /** Units per window: a whole number from 0 (blocks every unit) to 2^53 − 1. */
  readonly limit: number;
  /** The window in seconds: any number that makes whole milliseconds, up to ten years. */
  readonly windowSeconds?: number | undefined;
  /** The window in milliseconds: a whole number from 1, up to ten years. */
  readonly windowMs?: number | undefined;
  /** `'fixed-window'` by default. */
  readonly algorithm?: Algorithm | undefined;
  /**
   * Token bucket only: the units that a full bucket has; the limit by default. It must hold what refills in a
   * millisecond: at 2,000 units a second, 2 at least. Times the window in milliseconds it is below 2^52: in a day,
   * 52 million units at the most.
   */
  readonly burst?: number | undefined;
  /** The first denial blocks the key for so long: seconds that make whole milliseconds, up to ten years; 0: not at all. */
  readonly blockForSeconds?: number | undefined;
  /** The same in milliseconds. */
  readonly blockForMs?: number | undefined;
}

/** The longest window: 3,653 days, the most that ten calendar years can have. */
export const MAX_WINDOW_MS = 3_653 * 86_400_000;
const MOST_POLICIES = 64;
/** The most that `burst · windowMs` of a token bucket can be, so that two buckets are counted exactly: 2^52 − 1. */
const MOST_BUCKET = 2 ** 52 - 1;

/**
 * Checks policies, each by itself and their names among each other. `list`: what the list is called.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readPolicies(list: readonly PolicyOptions[], called?: string): readonly Policy[] {
  if (list.length < 1 || list.length > MOST_POLICIES)
    throw new RangeError(`${called} must have 1 to ${MOST_POLICIES} policies, got ${list.length}`);
  const policies = list.map((each, i) => readPolicy(each, called === undefined ? '' : `${called}[${i}].`));
  policies.forEach(({ name }, i) => {
    const same = policies.findIndex((each) => each.name === name);
    if (same < i)
      throw new RangeError(`${called}[${i}].name must be its own, got ${show(name)}, the name of ${called}[${same}]`);
  });
  return Object.freeze(policies);
}

function readPolicy(options: PolicyOptions, where: string): Policy {
  const algorithm = oneOf(`${where}algorithm`, options.algorithm ?? 'fixed-window', [
    'fixed-window',
    'sliding-window',
    'token-bucket',
  ]);
  const limit = wholeNumber(`${where}limit`, options.limit, 0, Number.MAX_SAFE_INTEGER);
  const windowMs = readMs(options, 'window', where, 1);
  return Object.freeze({
    name: readName(options.name ?? 'default', where),
    algorithm,
    limit,
    windowMs,
    burst: readBurst(options.burst, algorithm, limit, windowMs, where),
    blockForMs: readMs(options, 'blockFor', where, 0),
  });
}

export function readName(name: unknown, where: string): string {
  if (typeof name !== 'string') throw new TypeError(`${where}name must be a string, got ${show(name)}`);
  if (name === '') throw new RangeError(`${where}name must not be empty, got ""`);
  return name;
}

function readBurst(given: unknown, algorithm: Algorithm, limit: number, windowMs: number, where: string): number {
  if (given === undefined) {
    if (algorithm === 'token-bucket') refuseTooLarge('limit', limit, windowMs, where);
    return limit;
  }
  const burst = wholeNumber(`${where}burst`, given, 1, Number.MAX_SAFE_INTEGER);
  if (algorithm !== 'token-bucket')
    throw new RangeError(`${where}burst is for algorithm 'token-bucket', got ${burst} for ${show(algorithm)}`);
  if (limit === 0) throw new RangeError(`${where}burst must fit a limit from 1, got ${burst} for a limit of 0`);
  refuseTooLarge('burst', burst, windowMs, where);
  if ((burst / limit) * windowMs > MAX_WINDOW_MS)
    throw new RangeError(
      `${where}burst must refill within ten years, got ${burst} at ${limit} units in ${windowMs} ms`,
    );
  const least = leastBurst(limit, windowMs);
  if (burst < least)
    throw new RangeError(
      `${where}burst must be at least ${least} for ${limit} units in ${windowMs} ms, since time is whole milliseconds, got ${burst}`,
    );
  return burst;
}

function refuseTooLarge(option: 'limit' | 'burst', units: number, windowMs: number, where: string): void {
  const most = mostBurst(windowMs);
  if (units <= most) return;
  throw new RangeError(
    `${where}${option} must be at most ${most} for a token bucket with a window of ${windowMs} ms, got ${units}`,
  );
}

/** The largest bucket whose debts are whole numbers below 2^53 in a window of so many milliseconds. */
export function mostBurst(windowMs: number): number {
  return Math.floor(MOST_BUCKET / windowMs);
}

/**
 * The smallest bucket that a caller who takes all that it can, each millisecond, keeps from being full: a full one
 * loses what refills, and the rate with it. Calls come at whole milliseconds, so the bucket holds up to a part of a
 * unit less than one that can't be taken yet, and what refills in a millisecond on top. A bucket of one unit may lose
 * up to a hundredth of its rate: `burst: 1` is how calls are spaced evenly.
 */
export function leastBurst(limit: number, windowMs: number): number {
  const divisor = greatestCommonDivisor(limit, windowMs);
  const [units, ms] = [limit / divisor, windowMs / divisor];
  if (units <= ms && Math.ceil(ms / units) * 0.99 <= ms / units) return 1;
  return 1 + Math.ceil((units - 1) / ms);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

type Times = { readonly [Each in `${'window' | 'blockFor'}${'Ms' | 'Seconds'}`]?: number | undefined };

/** A time that is given in milliseconds or in seconds. */
export function readMs(options: Times, kind: 'window' | 'blockFor', where: string, least: 0 | 1): number {
  const [ms, seconds] = [options[`${kind}Ms`], options[`${kind}Seconds`]];
  if (ms !== undefined && seconds !== undefined) {
    throw new TypeError(
      `give ${where}${kind}Ms or ${where}${kind}Seconds, not both: got ${show(ms)} and ${show(seconds)}`,
    );
  }
  if (ms === undefined && seconds === undefined && least === 0) return 0;
  if (seconds === undefined)
    return wholeNumber(`${where}${kind}Ms (or ${where}${kind}Seconds)`, ms, least, MAX_WINDOW_MS);
  if (typeof seconds !== 'number') throw new TypeError(`${where}${kind}Seconds must be a number, got ${show(seconds)}`);
  const wholeMs = Math.round(seconds * 1000);
  // 1.001 · 1000 is 1000.9999999999999: only the way back tells whether the milliseconds are whole.
  if (wholeMs / 1000 !== seconds || wholeMs < least || wholeMs > MAX_WINDOW_MS) {
    throw new RangeError(
      `${where}${kind}Seconds must make whole milliseconds from ${least} to ${MAX_WINDOW_MS}, got ${show(seconds)}`,
    );
  }
  return wholeMs;
}
