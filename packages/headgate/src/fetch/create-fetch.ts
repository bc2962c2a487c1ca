import type { AnyFetch } from './call/fetch-types.js';
import { type FetchOptions, readFetchOptions } from './fetch-options.js';
import { Outgoing } from './outgoing.js';

/**
 * A `fetch` that holds outgoing calls to a policy, and to what the server says of its own limits.
 *
 * ```ts
 * const fetch = createFetch({ limit: 100, windowSeconds: 60, algorithm: 'sliding-window' });
 * const response = await fetch('https://api.example.com/users');
 * ```
 *
 * Calls of one key (the origin, by default) are sent in the order in which they came, each at the first instant at which
 * the policy admits it and the server is not known to refuse it. It rejects with what the `fetch` below rejects with,
 * with the reason of an aborted signal, and with `RateLimitExceeded` where the wait would be longer than `maxWaitMs`.
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function createFetch(options?: FetchOptions): typeof fetch;
export function createFetch<F extends AnyFetch>(options: FetchOptions<F>): F;
export function createFetch(options: FetchOptions<AnyFetch> = {}): AnyFetch {
  const outgoing = new Outgoing(readFetchOptions(options));
  return (input, init) => outgoing.fetch(input, init);
}
