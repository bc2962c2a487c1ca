import type { MaybePromise } from './callbacks/maybe-promise.js';
import { HttpGate } from './http-gate.js';
import { checkFunctions } from './options/http-options.js';
import type { HttpLimiter, HttpOptions } from './options/options.js';
import { readHttpOptions } from './options/read-http-options.js';
import type { Outcome } from './outcome.js';
import type { Reader } from './reader.js';
import { noteMade } from './warnings/made-per-request.js';

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

/**
 * A gate for one framework, which is told by how its requests are read.
 *
 * @param extra names of options that the framework's adapter reads itself
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function createGate<R>(options: HttpOptions<R>, reader: Reader<R>, extra: readonly string[] = []): Gate<R> {
  const settings = readHttpOptions(options, reader, extra);
  checkFunctions(
    options as Record<string, unknown>,
    extra.filter((name) => CALLBACKS.includes(name)),
  );
  const gate = new HttpGate(settings, reader);
  if (options.limiter === undefined) noteMade(gate); // one that was given counts on whoever is made for it
  return gate;
}

/** Those of the options that adapters read themselves that are functions. */
const CALLBACKS = ['handler', 'onError'];

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
