import type { MaybePromise } from './callbacks/maybe-promise.js';
import type { HttpLimiter } from './options/options.js';
import type { Outcome } from './outcome.js';

/** Decides on requests: facts of one in, what to do with it out. */
export interface Gate<R> {
  /** What decides. */
  readonly limiter: HttpLimiter;
  /** Whether what is taken may be given back at the end. */
  readonly settles: boolean;
  /** Where warnings go. It never throws. */
  readonly warn: (message: string) => void;
  /**
   * Answers at once unless an option's function, or the limiter, answers a promise, and then within `decideWithinMs`.
   * Throws what they throw, but never what is no error.
   */
  decide(request: R): MaybePromise<Outcome>;
  /** What this gate counted a request by, or would. Throws what a key function throws. */
  keyOf(request: R): MaybePromise<string>;
  /**
   * Forgets what the client of a request has used: after a login that worked, say. Whether there was anything.
   *
   * @throws TypeError where the limiter has no `reset`.
   */
  reset(request: R): MaybePromise<boolean>;
}

/** What a middleware has of its gate for its users to call. */
export function gateCalls<R, L extends HttpLimiter>(
  gate: Gate<R>,
): Pick<Gate<R>, 'keyOf' | 'reset'> & { readonly limiter: L } {
  return {
    limiter: gate.limiter as L, // the one that was given, or else a `RateLimiter`
    keyOf: (request) => gate.keyOf(request),
    reset: (request) => gate.reset(request),
  };
}
