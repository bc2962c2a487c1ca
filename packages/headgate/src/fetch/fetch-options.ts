import {
  type RateLimiterOptions as CoreOptions,
  type Cost,
  readClock,
  readCost,
  readOnce,
  show,
  type WaitClock,
  waitClock,
  wholeNumber,
} from '@headgate/core-ts';
import { RateLimiter, type RateLimiterOptions } from '../backend/rate-limiter.js';
import type { MaybePromise } from '../http/callbacks/maybe-promise.js';
import { checkFunctions } from '../http/options/http-options.js';
import { LIMITER_OPTIONS } from '../http/options/limiter-options.js';
import type { AnyFetch, OutgoingCall, OutgoingLimiter } from './call/fetch-types.js';

/** What `createFetch` takes: the numbers of a policy, or a limiter, or neither: then only the server's word holds calls. */
export interface FetchOptions<F extends AnyFetch = typeof fetch> extends Omit<RateLimiterOptions, 'limit'> {
  /** Calls per window, for each key. */
  readonly limit?: number | undefined;
  /** A `RateLimiter` or `RemoteRateLimiter` in place of all numbers; to it `clock` is given by itself. */
  readonly limiter?: OutgoingLimiter | undefined;
  /** What calls are counted by; the URL's origin by default: `'https://api.example.com'`. */
  readonly key?: ((call: OutgoingCall) => MaybePromise<string>) | undefined;
  /** Units that a call takes of the limiter: a whole number from 0 up; 1 by default. */
  readonly cost?: Cost | ((call: OutgoingCall) => MaybePromise<Cost>) | undefined;
  /**
   * How long a call waits before it is sent, in milliseconds from 0 up; as long as it takes by default. One that would
   * wait longer rejects with `RateLimitExceeded` and is not sent. With `retry`, all its waits together.
   */
  readonly maxWaitMs?: number | undefined;
  /**
   * How often a call is sent again that was answered 429, or 503 to an idempotent method, with a time to come back at;
   * not at all by default: the answer is handed on. A body that is a stream is never sent again.
   */
  readonly retry?: { readonly attempts: number } | undefined;
  /**
   * The share of the server's limit, from 0 to 1, below which the calls that are left are spread evenly over the time
   * until there are more; 0.5 by default. 1: from the first call on; 0: never, only where none is left calls wait.
   */
  readonly spreadBelow?: number | undefined;
  /** The `fetch` that sends; the runtime's by default. */
  readonly fetch?: F | undefined;
}

/** Options, read. */
export interface FetchSettings {
  readonly limiter: OutgoingLimiter | undefined;
  readonly clock: WaitClock;
  readonly key: (call: OutgoingCall) => MaybePromise<string>;
  readonly cost: Cost | ((call: OutgoingCall) => MaybePromise<Cost>);
  readonly maxWaitMs: number;
  readonly attempts: number;
  readonly spreadBelow: number;
  readonly send: AnyFetch;
}

const OWN = ['limiter', 'key', 'cost', 'maxWaitMs', 'retry', 'spreadBelow', 'fetch'] satisfies (keyof FetchOptions)[];
const FUNCTIONS = ['key', 'fetch'] satisfies (keyof FetchOptions)[];
const MOST_ATTEMPTS = 1_000;

/** @throws TypeError or RangeError that names the option and prints the value. */
export function readFetchOptions<F extends AnyFetch>(given: FetchOptions<F>): FetchSettings {
  if (typeof given !== 'object' || given === null) throw new TypeError(`options must be an object, got ${show(given)}`);
  const options = readOnce(given, [...LIMITER_OPTIONS, ...OWN]);
  checkFunctions(options, FUNCTIONS);
  const limiter = readLimiter(options);
  const { cost = 1, fetch: send } = options;
  if (typeof cost !== 'function' && limiter !== undefined)
    readCost('cost', cost, limiter.policies, Number.MAX_SAFE_INTEGER);
  return {
    limiter,
    clock: waitClock(readClock(options.clock)),
    key: options.key ?? (({ url }) => url.origin),
    cost,
    maxWaitMs: numberFromTo('maxWaitMs', options.maxWaitMs ?? Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    attempts: readRetry(options.retry),
    spreadBelow: numberFromTo('spreadBelow', options.spreadBelow ?? 0.5, 1),
    send: send ?? ((input, init) => globalThis.fetch(input, init)), // the one of the moment: it may be replaced in tests
  };
}

function readLimiter<F extends AnyFetch>({ limiter, ...options }: FetchOptions<F>): OutgoingLimiter | undefined {
  const given = LIMITER_OPTIONS.filter((name) => name !== 'clock' && options[name] !== undefined);
  const [first] = given;
  if (limiter === undefined) {
    if (first === undefined) return undefined;
    return new RateLimiter(Object.fromEntries(LIMITER_OPTIONS.map((name) => [name, options[name]])) as CoreOptions);
  }
  if (typeof limiter?.reserve !== 'function' || !Array.isArray(limiter.policies))
    throw new TypeError(`limiter must be a RateLimiter or a RemoteRateLimiter, got ${show(limiter)}`);
  if (first !== undefined)
    throw new TypeError(`give ${first} to the limiter itself, not beside it: got ${show(options[first])}`);
  return limiter;
}

function readRetry(retry: FetchOptions['retry']): number {
  if (retry === undefined) return 0;
  if (typeof retry !== 'object' || retry === null)
    throw new TypeError(`retry must be an object such as { attempts: 2 }, got ${show(retry)}`);
  return wholeNumber('retry.attempts', readOnce(retry, ['attempts'], 'retry.').attempts, 0, MOST_ATTEMPTS);
}

function numberFromTo(name: string, value: unknown, most: number): number {
  const wanted = `${name} must be a number from 0 ${most === Number.POSITIVE_INFINITY ? 'up' : `to ${most}`}`;
  if (typeof value !== 'number') throw new TypeError(`${wanted}, got ${show(value)}`);
  if (!(value >= 0 && value <= most)) throw new RangeError(`${wanted}, got ${show(value)}`);
  return value;
}
