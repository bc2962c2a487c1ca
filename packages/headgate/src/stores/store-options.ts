import { readOptions, refuseUnknown, show } from '@headgate/core-ts';
import { chooseEngine } from '../backends.js';
import type { RateLimiterOptions } from '../rate-limiter.js';

/** What is said of the engine behind a store; the limit and the window are the middleware's own options. */
export type StoreOptions = Pick<RateLimiterOptions, 'maxKeys' | 'clock' | 'backend' | 'shared'>;

export const STORE_OPTIONS = ['maxKeys', 'clock', 'backend', 'shared'] satisfies (keyof StoreOptions)[];

/**
 * Checks options when a store is made, since its engine is made later, when the middleware tells its numbers.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function checkStoreOptions(options: StoreOptions, known: readonly string[] = STORE_OPTIONS): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  refuseUnknown(options, known);
  const { maxKeys, clock, shared, backend } = options;
  readOptions({ maxKeys, clock, shared, limit: 0, windowMs: 1 });
  chooseEngine(backend);
}
