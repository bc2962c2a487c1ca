import { oneOf, readOnce, show, wholeNumber } from '@headgate/core-ts';
import { errorOf, notify, safely } from '../../http/callbacks/callbacks.js';
import { type LeaseOptions, type ReadLeaseOptions, readLeaseOptions } from '../leases/lease-options.js';
import type { OnOutage } from './outage.js';

export interface RedisOptions {
  /**
   * What the names of all keys begin with; `'headgate:'` by default. Limiters with the same prefix count together, so give
   * each that should count by itself its own. No braces, spaces or control characters.
   */
  readonly prefix?: string | undefined;
  /** How long a call waits for the server, in milliseconds: 100 by default, from 1 to 60,000. */
  readonly deadlineMs?: number | undefined;
  /**
   * What decides where the server does not: `'local'`, the default, is a limiter in this process with the limits divided by
   * `expectedInstances`; `'open'` allows, `'closed'` denies, and `'throw'` rejects with a `BackendUnavailableError`.
   */
  readonly onOutage?: OnOutage | undefined;
  /** Processes that share the limits: 1 by default, to 1,000,000. */
  readonly expectedInstances?: number | undefined;
  /**
   * For how long a denied key is answered from memory at the most, in milliseconds: 1,000 by default, to 60,000; 0 asks the
   * server for each call. A `reset` in another process is seen after that time at the latest.
   */
  readonly rememberDenialsMs?: number | undefined;
  /**
   * Where it is given, this process takes units of its hottest keys many at a time and decides on them itself, without the
   * server; `{}` for the numbers by default. Never more than the limits. For policies that are windows.
   */
  readonly leases?: LeaseOptions | undefined;
  /**
   * Called when the server has failed a few times and is not asked any more, with the last error. Where it is not given, `warn`
   * is told of the first time.
   */
  readonly onDegraded?: ((error: unknown) => void) | undefined;
  /** Called when the server decides again. */
  readonly onRecovered?: (() => void) | undefined;
  /** Where warnings go, such as of an outage, or that the server evicts keys; `console.warn` by default. */
  readonly warn?: ((message: string) => void) | undefined;
}

export interface ReadRedisOptions {
  readonly prefix: string;
  readonly deadlineMs: number;
  readonly onOutage: OnOutage;
  readonly expectedInstances: number;
  readonly rememberDenialsMs: number;
  readonly leases: ReadLeaseOptions | undefined;
  readonly onDegraded: (error: unknown) => void;
  readonly onRecovered: () => void;
  readonly warn: (message: string) => void;
}

const NAMES = [
  'prefix',
  'deadlineMs',
  'onOutage',
  'expectedInstances',
  'rememberDenialsMs',
  'leases',
  'onDegraded',
  'onRecovered',
  'warn',
] as const;

/** @throws TypeError or RangeError that names the option and prints the value. */
export function readRedisOptions(given: RedisOptions): ReadRedisOptions {
  if (typeof given !== 'object' || given === null) throw new TypeError(`options must be an object, got ${show(given)}`);
  const unknown = Object.keys(given).find((name) => !(NAMES as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new TypeError(`there is no option ${unknown} of redis(): there are ${NAMES.join(', ')}`);
  const options = readOnce(given, NAMES);
  const warn = safely(readFunction('warn', options.warn) ?? console.warn);
  const onOutage = oneOf('onOutage', options.onOutage ?? 'local', ['local', 'open', 'closed', 'throw']);
  return {
    prefix: readPrefix(options.prefix ?? 'headgate:'),
    deadlineMs: wholeNumber('deadlineMs', options.deadlineMs ?? 100, 1, 60_000),
    onOutage,
    expectedInstances: wholeNumber('expectedInstances', options.expectedInstances ?? 1, 1, 1_000_000),
    rememberDenialsMs: wholeNumber('rememberDenialsMs', options.rememberDenialsMs ?? 1000, 0, 60_000),
    leases: readLeaseOptions(options.leases),
    onDegraded: listener('onDegraded', options.onDegraded ?? outageWarning(onOutage, warn), warn),
    onRecovered: listener('onRecovered', options.onRecovered, warn),
    warn,
  };
}

function readPrefix(prefix: unknown): string {
  if (typeof prefix !== 'string') throw new TypeError(`prefix must be a string, got ${show(prefix)}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
  if (/[{}\s\u0000-\u001f]/.test(prefix) || /\p{Surrogate}/u.test(prefix))
    throw new RangeError(`prefix must have no braces, spaces or control characters, got ${show(prefix)}`);
  return prefix;
}

function readFunction<F>(name: string, value: F | undefined): F | undefined {
  if (value !== undefined && typeof value !== 'function')
    throw new TypeError(`${name} must be a function, got ${show(value)}`);
  return value;
}

/** An outage that nobody is told of would look like a server that decides. */
function outageWarning(onOutage: OnOutage, warn: (message: string) => void): (error: unknown) => void {
  let isSaid = onOutage === 'throw'; // each call says it
  return (error) => {
    if (isSaid) return;
    isSaid = true;
    warn(
      `headgate: the server failed, so calls are decided without it, by onOutage: '${onOutage}', until it answers: ${errorOf('the server', error)}. This is said once: onDegraded and onRecovered are told of each time.`,
    );
  };
}

/** What it throws or rejects with is a warning: nobody waits for it. */
function listener<A extends readonly unknown[]>(
  name: string,
  value: ((...told: A) => void) | undefined,
  warn: (message: string) => void,
): (...told: A) => void {
  const call = readFunction(name, value);
  return (...told) =>
    notify(
      () => call?.(...told),
      (thrown) => warn(`headgate: ${name} failed: ${errorOf(name, thrown)}`),
    );
}
