import type { CallLimit } from '../limiter/call-policies.js';
import { show } from '../show.js';
import { readOnce } from './checks.js';
import type { Cost } from './cost.js';

/** How long to wait. */
export interface WaitLimits {
  /** Rejects at once where the wait would be longer: a number of milliseconds from 0; no bound by default. */
  readonly maxWaitMs?: number | undefined;
  /** Ends the wait: it rejects with the signal's reason, and takes nothing. */
  readonly signal?: Signal | undefined;
}

export interface WaitOptions extends WaitLimits {
  /** Units to take; 1 by default. Of several policies, of each so many or by name. */
  readonly cost?: Cost | undefined;
  /** In the place of the limiter's, as for `check`. */
  readonly limit?: CallLimit | undefined;
}

/** How a reservation is made. */
export interface ReserveOptions {
  /** In the place of the limiter's, as for `check`. */
  readonly limit?: CallLimit | undefined;
  /** Whether to wait until the estimate fits, and how long; not by default. */
  readonly wait?: boolean | WaitLimits | undefined;
}

/** What `wait` uses of an `AbortSignal`, which not every project has types of. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Checked. */
export interface Wait {
  readonly maxWaitMs: number;
  readonly signal: Signal | undefined;
}

/**
 * Checks the options of a wait.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readWait(options: WaitOptions): Wait & { readonly cost: Cost; readonly limit: CallLimit | undefined } {
  const { cost = 1, limit, ...rest } = readOnce(objectOf('options', options), ['cost', 'limit', 'maxWaitMs', 'signal']);
  return { cost, limit, ...checked(rest) };
}

/**
 * Checks the options of a reservation; `wait` is `undefined` where it doesn't.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readReserve(options: ReserveOptions): {
  readonly limit: CallLimit | undefined;
  readonly wait: Wait | undefined;
} {
  const { limit, wait } = readOnce(objectOf('options', options), ['limit', 'wait']);
  return { limit, wait: readWaiting(wait) };
}

/** Of the option `wait`: whether to, and how long. */
export function readWaiting(wait: boolean | WaitLimits | undefined): Wait | undefined {
  if (wait === undefined || wait === false) return undefined;
  if (wait === true) return checked({});
  if (typeof wait !== 'object' || wait === null)
    throw new TypeError(`wait must be true, false or an object, got ${show(wait)}`);
  return checked(readOnce(wait, ['maxWaitMs', 'signal'], 'wait.'));
}

function checked({ maxWaitMs = Number.POSITIVE_INFINITY, signal }: WaitLimits): Wait {
  if (typeof maxWaitMs !== 'number')
    throw new TypeError(`maxWaitMs must be a number from 0 up, got ${show(maxWaitMs)}`);
  if (!(maxWaitMs >= 0)) throw new RangeError(`maxWaitMs must be a number from 0 up, got ${show(maxWaitMs)}`);
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw new TypeError(`signal must be an AbortSignal, got ${show(signal)}`);
  return { maxWaitMs, signal };
}

function objectOf<T>(name: string, value: T): T & object {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name} must be an object, got ${show(value)}`);
  return value;
}
