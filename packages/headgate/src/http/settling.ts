import { isPromise, type MaybePromise, whenKnown } from './maybe-promise.js';
import type { Reserved } from './options.js';
import type { Outcome } from './outcome.js';
import type { Settings } from './read-http-options.js';

type Settle = NonNullable<Outcome['settle']>;

/**
 * Settles what a request took, once, whatever comes first of the end of its response and that of its connection.
 * Nobody waits for it, so it throws nothing: where `countIf` fails, the request counts, and a warning says so.
 */
export function settling<R>(
  { counts, warn }: Settings<R>,
  request: R,
  reserved: Reserved,
  cost: number,
  engineFailed: (error: unknown) => void,
): Settle {
  let open = true;
  return (status, aborted) => {
    if (!open) return;
    open = false;
    const counted = tried(
      () => counts?.({ status, aborted }, request) ?? true,
      (error) => {
        warn(`headgate: countIf failed, so the request counts: ${error}`);
        return true;
      },
    );
    void whenKnown(counted, (counts) =>
      tried<unknown>(
        () => (counts ? reserved.commit(cost) : reserved.cancel()),
        (error) => {
          warn(`headgate: what a request took could not be settled: ${error}`);
          engineFailed(error);
        },
      ),
    );
  };
}

/** What a call answers, now or later, or what `otherwise` makes of its error. */
function tried<T>(call: () => MaybePromise<T>, otherwise: (error: unknown) => T): MaybePromise<T> {
  try {
    const answer = call();
    return isPromise(answer) ? Promise.resolve(answer).catch(otherwise) : answer;
  } catch (error) {
    return otherwise(error);
  }
}
