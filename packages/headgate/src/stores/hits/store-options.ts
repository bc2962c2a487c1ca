import { readOptions, refuseUnknown, show } from '@headgate/core-ts';
import { chooseEngine } from '../../backend/backends.js';
import { RateLimiter } from '../../backend/rate-limiter.js';
import type { RemoteHits } from '../../redis/hits/remote-hits.js';
import { type Engine, remoteHits } from './either-hits.js';
import type { LocalOptions } from './local-options.js';

export interface StoreOptions<E extends Engine = Engine> extends LocalOptions {
  /**
   * Counts on a server: `redis(client, { prefix })` of `headgate/redis`, with a prefix for each store. The calls then answer
   * promises, and there are no other options: the server has keys and time.
   */
  readonly engine?: E | undefined;
}

export const STORE_OPTIONS = ['maxKeys', 'clock', 'backend', 'shared'] satisfies (keyof LocalOptions)[];

/**
 * Checks options when a store is made, since its engine is made later, when the middleware tells its numbers: some
 * middlewares only log what a store throws then, and go on without a limit.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 * @throws BackendUnavailableError for a `shared` name where native can't be loaded.
 */
export function checkStoreOptions(options: LocalOptions, known: readonly string[] = STORE_OPTIONS): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  refuseUnknown(options, known);
  const { maxKeys, clock, shared, backend } = options;
  readOptions({ maxKeys, clock, shared, limit: 0, windowMs: 1 });
  chooseEngine(backend);
  if (shared !== undefined)
    new RateLimiter({ backend, shared: `${shared} (tried)`, maxKeys: 1, limit: 0, windowMs: 1 });
}

/** What a store that may have an engine is made from. */
export interface ReadStoreOptions {
  readonly local: LocalOptions;
  readonly remote: RemoteHits | undefined;
}

/** Checks as `checkStoreOptions` does. @throws TypeError for what a store with an engine does not have. */
export function readStoreOptions(options: StoreOptions, known: readonly string[] = STORE_OPTIONS): ReadStoreOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  const { engine, ...local } = options;
  checkStoreOptions(local, known);
  const remote = remoteHits(engine);
  if (remote !== undefined) refuseLocal(local);
  return { local, remote };
}

function refuseLocal(local: LocalOptions): void {
  for (const name of STORE_OPTIONS) {
    const value = local[name];
    if (value !== undefined)
      throw new TypeError(
        `${name} is an option of a store without engine: the server has keys and time, got ${show(value)}`,
      );
  }
}
