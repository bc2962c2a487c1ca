import { refuseUnknown, show, wholeNumber } from '@headgate/core-ts';
import type { RemoteEngineFactory } from '../../../redis/limiter/remote-engine.js';
import type { LimiterNumbers, RateLimiterAbstract } from '../rate-limiter-abstract.js';
import { checkNumbers } from '../rate-limiter-options.js';

/** The numbers are the peer's own: durations in seconds, and a duration of 0 is for ever. */
export interface RateLimiterRedisOptions extends LimiterNumbers {
  /** In the place of `storeClient`: `redis(client, { prefix })` of `headgate/redis`. */
  readonly engine: RemoteEngineFactory;
  /** Points from which on a key is blocked for `blockDuration`; by default those above `points`. */
  readonly blockOnConsumed?: number | undefined;
  /** Points from which on a key is denied in this process, without the server; at least `points`. */
  readonly inMemoryBlockOnConsumed?: number | undefined;
  /** For so many seconds; by default until its points are forgotten. */
  readonly inMemoryBlockDuration?: number | undefined;
  /** Decides in the place of the engine's `onOutage`: any limiter of rate-limiter-flexible, or of ours. */
  readonly insuranceLimiter?: Insurance | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: each limiter of the peer has types of its own for the same answers
type Asked = (...args: any[]) => Promise<any>;

/** Decides where the server does not. */
export type Insurance = Pick<RateLimiterAbstract, 'blockDuration' | 'execEvenly'> & {
  readonly [call in 'consume' | 'penalty' | 'reward' | 'get' | 'set' | 'block' | 'delete']: Asked;
};

const OPTIONS = [
  'engine',
  'points',
  'duration',
  'blockDuration',
  'blockOnConsumed',
  'execEvenly',
  'execEvenlyMinDelayMs',
  'inMemoryBlockDuration',
  'inMemoryBlockOnConsumed',
  'insuranceLimiter',
  'keyPrefix',
] satisfies (keyof RateLimiterRedisOptions)[];

/** @throws TypeError or RangeError that names the option and prints the value. */
export function checkRedisOptions(options: RateLimiterRedisOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  refuseUnknown(options, OPTIONS);
  checkNumbers(options);
  const { points, blockOnConsumed, inMemoryBlockOnConsumed, inMemoryBlockDuration, insuranceLimiter } = options;
  const least = Math.max(1, Math.ceil(points));
  if (blockOnConsumed) wholeNumber('blockOnConsumed', blockOnConsumed, least, Number.MAX_SAFE_INTEGER);
  if (inMemoryBlockOnConsumed)
    wholeNumber('inMemoryBlockOnConsumed', inMemoryBlockOnConsumed, least, Number.MAX_SAFE_INTEGER);
  if (inMemoryBlockDuration && !inMemoryBlockOnConsumed)
    throw new TypeError(`inMemoryBlockDuration needs inMemoryBlockOnConsumed, got ${show(inMemoryBlockOnConsumed)}`);
  if (insuranceLimiter !== undefined && typeof insuranceLimiter?.consume !== 'function')
    throw new TypeError(`insuranceLimiter must be a limiter, got ${show(insuranceLimiter)}`);
}
