import { show } from './errors.js';
import { readOnce } from './read.js';

export interface WaitOptions {
  /** Units to take; 1 by default. */
  readonly cost?: number | undefined;
  /** Rejects at once where the wait would be longer: a number of milliseconds from 0; no bound by default. */
  readonly maxWaitMs?: number | undefined;
  /** Ends the wait: it rejects with the signal's reason, and takes nothing. */
  readonly signal?: Signal | undefined;
}

/** What `wait` uses of an `AbortSignal`, which not every project has types of. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

interface Wait {
  readonly cost: number;
  readonly maxWaitMs: number;
  readonly signal: Signal | undefined;
}

/**
 * Checks the options of a wait.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readWait(options: WaitOptions): Wait {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  const own = readOnce(options, ['cost', 'maxWaitMs', 'signal']);
  const { cost = 1, maxWaitMs = Number.POSITIVE_INFINITY, signal } = own;
  if (typeof maxWaitMs !== 'number')
    throw new TypeError(`maxWaitMs must be a number from 0 up, got ${show(maxWaitMs)}`);
  if (!(maxWaitMs >= 0)) throw new RangeError(`maxWaitMs must be a number from 0 up, got ${show(maxWaitMs)}`);
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw new TypeError(`signal must be an AbortSignal, got ${show(signal)}`);
  return { cost, maxWaitMs, signal };
}
