import type { Cost } from '@headgate/core-ts';
import { called, errorOf } from './callbacks/callbacks.js';
import { isPromise } from './callbacks/maybe-promise.js';
import { within } from './callbacks/within.js';
import type { Ended, Reserved } from './options/options.js';
import type { Settings } from './options/read-http-options.js';
import type { Settle } from './outcome.js';

/**
 * Settles what a request took, once, whatever comes first of the end of its response and that of its connection.
 * Nobody waits for it, so it throws nothing: where `countIf` fails, or takes too long, the request counts, and a
 * warning says so.
 */
export function settling<R>(
  { countIf, warn, decideWithinMs }: Settings<R>,
  request: R,
  reserved: Reserved,
  cost: Cost,
  engineFailed: (error: unknown) => void,
): Settle {
  const asked = (ended: Ended) => {
    const answer = countIf?.(ended, request) ?? true;
    if (!isPromise(answer)) return answer;
    return within<boolean>(decideWithinMs, Promise.resolve(answer), () => {
      throw new Error(`it did not answer within decideWithinMs, ${decideWithinMs} ms`);
    });
  };
  const settle = (isCounted: boolean) =>
    called<unknown, void>(
      () => (isCounted ? reserved.commit(cost) : reserved.cancel()),
      () => {},
      (thrown) => {
        warn(`headgate: what a request took could not be settled: ${errorOf('the engine', thrown)}`);
        engineFailed(thrown);
      },
    );
  let open = true;
  return (status, aborted) => {
    if (!open) return;
    open = false;
    void called<boolean, void>(
      () => asked({ status, aborted }),
      settle,
      (thrown) => {
        warn(`headgate: countIf failed, so the request counts: ${errorOf('countIf', thrown)}`);
        void settle(true);
      },
    );
  };
}
