import {
  type CallLimit,
  type Cost,
  oneOf,
  type Policy,
  readCost,
  refuseUnknown,
  show,
  wholeNumber,
} from '@headgate/core-ts';
import { RateLimiter } from '../../backend/rate-limiter.js';
import { checkNames } from '../answer/fields.js';
import { readHeaders, type WrittenHeaders } from '../answer/headers.js';
import { refusalOf } from '../answer/refusal.js';
import { safely } from '../callbacks/callbacks.js';
import { type MaybePromise, whenKnown } from '../callbacks/maybe-promise.js';
import { nameOf } from '../channels.js';
import { filterOf } from '../filter/filter.js';
import type { Client, ClientReader, HttpDecision } from '../key/client.js';
import { readClient } from '../key/read-client.js';
import { readLimits } from '../limits-of-request.js';
import type { Refusal } from '../outcome.js';
import type { Reader } from '../reader.js';
import { clusterWarning } from '../warnings/cluster-warning.js';
import { checkBooleans, checkFunctions } from './http-options.js';
import type { Ended, HttpLimiter, HttpOptions, LimiterOptions } from './options.js';

/** Options, read: what a gate goes by. */
export interface Settings<R> extends ClientReader<R>, WrittenHeaders {
  readonly name: string;
  readonly limiter: HttpLimiter;
  /** The limits that a request brings; `undefined`: the limiter's own decide. */
  readonly limitOf: ((request: R) => MaybePromise<CallLimit>) | undefined;
  /** Whether a request is limited at all; `undefined`: all are. */
  readonly applies: ((request: R) => boolean) | undefined;
  readonly skip: ((request: R, client: Client) => MaybePromise<boolean>) | undefined;
  readonly cost: Cost | ((request: R) => MaybePromise<Cost>);
  /** Whether an ended request counts; `undefined`: each does. */
  readonly countIf: ((ended: Ended, request: R) => MaybePromise<boolean>) | undefined;
  readonly dryRun: boolean;
  readonly problemDetails: boolean;
  readonly onLimited: ((request: R, decision: HttpDecision) => void) | undefined;
  /** Throws nothing. */
  readonly warn: (message: string) => void;
  /** 0: for ever. */
  readonly decideWithinMs: number;
  readonly onEngineError: 'throw' | 'open' | 'closed';
  readonly refuse: (request: R, decision: HttpDecision) => MaybePromise<Refusal>;
}

const LIMITER_OPTIONS = [
  'name',
  'limit',
  'limits',
  'windowSeconds',
  'windowMs',
  'algorithm',
  'burst',
  'blockForSeconds',
  'blockForMs',
  'backend',
  'maxKeys',
  'onFull',
  'track',
  'clock',
  'shared',
] satisfies (keyof LimiterOptions<unknown>)[];

const BOOLEANS = [
  'skipFailedRequests',
  'skipSuccessfulRequests',
  'skipPreflights',
  'problemDetails',
  'headers',
  'legacyHeaders',
  'dryRun',
] satisfies (keyof HttpOptions<unknown>)[];

const FUNCTIONS = ['user', 'skip', 'countIf', 'onLimited', 'warn'] satisfies (keyof HttpOptions<unknown>)[];

export const HTTP_OPTIONS = [
  ...LIMITER_OPTIONS,
  ...BOOLEANS,
  ...FUNCTIONS,
  'limiter',
  'key',
  'trustProxy',
  'forwardedHeader',
  'ipv6Subnet',
  'unknownAddress',
  'apiKeyHeader',
  'cost',
  'methods',
  'skipMethods',
  'paths',
  'skipPaths',
  'statusCode',
  'message',
  'standard',
  'headerNames',
  'resetFormat',
  'onEngineError',
  'decideWithinMs',
] satisfies (keyof HttpOptions<unknown>)[];

/**
 * The one place where the options of a middleware are checked.
 *
 * @param extra names of options that the framework's adapter reads itself
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function readHttpOptions<R>(options: HttpOptions<R>, reader: Reader<R>, extra: readonly string[]): Settings<R> {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  refuseUnknown(options, [...HTTP_OPTIONS, ...extra]);
  checkBooleans(options, BOOLEANS);
  checkFunctions(options, FUNCTIONS);
  checkAnswer(options);
  const { dryRun = false, problemDetails = false, onLimited, skip } = options;
  const { limiter, limitOf } = readLimiter(options);
  const warn = safely(options.warn ?? console.warn);
  return {
    name: nameOf(limiter.policies),
    limiter,
    limitOf,
    applies: filterOf(options, reader),
    skip,
    ...readClient({ ...options, warn }, reader),
    cost: readOwnCost(options.cost, limiter.policies),
    countIf: readCountIf(options),
    dryRun,
    problemDetails,
    onLimited,
    warn,
    decideWithinMs: readTime(options.decideWithinMs),
    onEngineError: oneOf('onEngineError', options.onEngineError ?? 'throw', ['throw', 'open', 'closed']),
    refuse: refusalOf(options),
    ...readHeaders(options, dryRun),
  };
}

function checkAnswer<R>({ statusCode, message, standard, resetFormat }: HttpOptions<R>): void {
  if (statusCode !== undefined) wholeNumber('statusCode', statusCode, 400, 599);
  const known = ['string', 'object', 'function', 'undefined'];
  if (!known.includes(typeof message) || message === null)
    throw new TypeError(`message must be a string, an object or a function, got ${show(message)}`);
  if (standard !== undefined) oneOf('standard', standard, ['draft-6', 'draft-7', 'draft-8', 'latest']);
  if (resetFormat !== undefined) oneOf('resetFormat', resetFormat, ['seconds', 'epoch']);
}

function readLimiter<R>(options: HttpOptions<R>): Pick<Settings<R>, 'limiter' | 'limitOf'> {
  const { limiter, standard } = options;
  const given = LIMITER_OPTIONS.filter((name) => options[name] !== undefined);
  const numbers = Object.fromEntries(given.map((name) => [name, options[name]]));
  if (limiter === undefined || limiter instanceof RateLimiter) clusterWarning(options.warn ?? console.warn);
  if (limiter !== undefined) {
    const calls = [limiter?.check, limiter?.reserve];
    if (!calls.every((call) => typeof call === 'function') || !Array.isArray(limiter.policies))
      throw new TypeError(`limiter must be a RateLimiter, got ${show(limiter)}`);
    const [first] = given;
    if (first !== undefined)
      throw new TypeError(`give ${first} to the limiter itself, not beside it: got ${show(options[first])}`);
    checkNames(standard, limiter.policies);
    return { limiter, limitOf: undefined };
  }
  const { numbers: own, limitOf } = readLimits(numbers as LimiterOptions<R>);
  const made = new RateLimiter(own);
  checkNames(standard, made.policies);
  return { limiter: made, limitOf };
}

const DECIDE_WITHIN_MS = 10_000;
/** The most that a timer waits; what is more would be 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function readTime(given: unknown = DECIDE_WITHIN_MS): number {
  return given === false ? 0 : wholeNumber('decideWithinMs', given, 0, LONGEST_TIMER_MS);
}

function readOwnCost<R>(cost: HttpOptions<R>['cost'] = 1, policies: readonly Policy[]): Settings<R>['cost'] {
  if (typeof cost !== 'function') readCost('cost', cost, policies, Number.MAX_SAFE_INTEGER);
  return cost;
}

/** What is skipped for its status counts where the client went away: leaving early must not be a way around. */
function readCountIf<R>(options: HttpOptions<R>): Settings<R>['countIf'] {
  const { skipFailedRequests = false, skipSuccessfulRequests = false, countIf } = options;
  if (!skipFailedRequests && !skipSuccessfulRequests) return countIf;
  const byStatus = ({ status, aborted }: Ended) => {
    if (aborted) return true;
    return status >= 400 ? !skipFailedRequests : !skipSuccessfulRequests;
  };
  if (countIf === undefined) return byStatus;
  return (ended, request) => whenKnown(countIf(ended, request), (counts) => counts !== false && byStatus(ended));
}
