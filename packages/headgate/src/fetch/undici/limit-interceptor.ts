import { show } from '@headgate/core-ts';
import { type FetchOptions, readFetchOptions } from '../fetch-options.js';
import { Outgoing } from '../outgoing.js';
import type { Interceptor } from './dispatch-types.js';
import { HeldCall } from './held-call.js';

/** Those of `createFetch`, but for what undici has itself: `interceptors.retry` and the dispatcher that sends. */
export type InterceptorOptions = Omit<FetchOptions, 'retry' | 'fetch'>;

const NOT_HERE = {
  retry: "compose undici's interceptors.retry after it",
  fetch: 'the dispatcher that it is composed with sends',
};

/**
 * For undici, from 7 on: holds the calls of a dispatcher to a policy, and to what servers say of their limits, as
 * `createFetch` does.
 *
 * ```ts
 * const agent = new Agent().compose(limitInterceptor({ limit: 100, windowSeconds: 60, algorithm: 'sliding-window' }));
 * const { statusCode } = await request('https://api.example.com/users', { dispatcher: agent });
 * ```
 *
 * Whatever is composed after it is around it: what `interceptors.retry` and `interceptors.redirect` send is held too,
 * call by call. A call fails with `RateLimitExceeded` where it would wait longer than `maxWaitMs`.
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function limitInterceptor(options: InterceptorOptions = {}): Interceptor {
  const settings = readFetchOptions(options);
  for (const [name, why] of Object.entries(NOT_HERE)) {
    const given = (options as FetchOptions)[name as keyof typeof NOT_HERE];
    if (given !== undefined)
      throw new TypeError(`${name} is no option of limitInterceptor: ${why}; got ${show(given)}`);
  }
  const outgoing = new Outgoing({ ...settings, send: (_url, call: HeldCall) => call.send() });
  return (dispatch) => (given, handler) => {
    if (typeof handler.onRequestStart !== 'function')
      throw new TypeError('limitInterceptor needs undici 7 or later: this one calls its handlers by other names');
    hold(outgoing, new HeldCall(dispatch, given, handler));
    return true;
  };
}

/** Whatever goes wrong is told to the handler: those who dispatch look nowhere else. */
function hold(outgoing: Outgoing, call: HeldCall): void {
  const held = async () => {
    call.start();
    await outgoing.fetch(call.url, call);
  };
  held().catch((error) => call.failed(error));
}
