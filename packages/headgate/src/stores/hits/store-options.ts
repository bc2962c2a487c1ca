import { readOptions, refuseUnknown, show } from '@headgate/core-ts';
import { chooseEngine } from '../../backend/backends.js';
import { RateLimiter, type RateLimiterOptions } from '../../backend/rate-limiter.js';

/** What is said of the engine behind a store; the limit and the window are the middleware's own options. */
export type StoreOptions = Pick<RateLimiterOptions, 'maxKeys' | 'clock' | 'backend' | 'shared'>;

export const STORE_OPTIONS = ['maxKeys', 'clock', 'backend', 'shared'] satisfies (keyof StoreOptions)[];

/**
 * Checks options when a store is made, since its engine is made later, when the middleware tells its numbers: some
 * middlewares only log what a store throws then, and go on without a limit.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 * @throws BackendUnavailableError for a `shared` name where native can't be loaded.
 */
export function checkStoreOptions(options: StoreOptions, known: readonly string[] = STORE_OPTIONS): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  refuseUnknown(options, known);
  const { maxKeys, clock, shared, backend } = options;
  readOptions({ maxKeys, clock, shared, limit: 0, windowMs: 1 });
  chooseEngine(backend);
  if (shared !== undefined)
    new RateLimiter({ backend, shared: `${shared} (tried)`, maxKeys: 1, limit: 0, windowMs: 1 });
}
