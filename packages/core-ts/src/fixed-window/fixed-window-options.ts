import type { Clock, Policy } from '../contract.js';
import { wholeNumber } from '../options/checks.js';
import { DEFAULT_MAX_KEYS, MOST_KEYS } from '../options/options.js';
import { readMs, readName } from '../options/policy-options.js';
import { show } from '../show.js';

/** What a {@link FixedWindowLimiter} is made from: of a `RateLimiter`'s options those that it has. */
export interface FixedWindowOptions {
  /** What decisions and statistics call the policy; `'default'` by default. */
  readonly name?: string | undefined;
  /** Units per window: a whole number from 0 (blocks every unit) to 2^53 − 1. */
  readonly limit: number;
  /** The window in seconds: any number that makes whole milliseconds, up to ten years. */
  readonly windowSeconds?: number | undefined;
  /** The window in milliseconds: a whole number from 1, up to ten years. */
  readonly windowMs?: number | undefined;
  /** The most keys that are held; 1,000,000 by default. */
  readonly maxKeys?: number | undefined;
  /** Where `now` comes from, e.g. a `ManualClock`; by default `performance`, which never steps back. */
  readonly clock?: Clock | undefined;
}

const KNOWN = ['name', 'limit', 'windowSeconds', 'windowMs', 'maxKeys', 'clock'] satisfies (keyof FixedWindowOptions)[];

/** @throws TypeError or RangeError that names the option and prints the value. */
export function readFixedWindow(options: FixedWindowOptions): {
  readonly policy: Policy;
  readonly maxKeys: number;
  readonly clock: Clock | undefined;
} {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  for (const [name, value] of Object.entries(options))
    if (!(KNOWN as string[]).includes(name))
      throw new TypeError(
        `unknown option ${show(name)}, with the value ${show(value)}: a FixedWindowLimiter has ${KNOWN.join(', ')}`,
      );
  const { name, limit: units, windowMs: ms, windowSeconds, maxKeys, clock } = options;
  const limit = wholeNumber('limit', units, 0, Number.MAX_SAFE_INTEGER);
  const windowMs = readMs({ windowMs: ms, windowSeconds }, 'window', '', 1);
  const policy = { name: readName(name ?? 'default', ''), algorithm: 'fixed-window', limit, windowMs } as const;
  return {
    policy: Object.freeze({ ...policy, burst: limit, blockForMs: 0 }),
    maxKeys: wholeNumber('maxKeys', maxKeys ?? DEFAULT_MAX_KEYS, 1, MOST_KEYS),
    clock,
  };
}
