import { type Algorithm, oneOf } from '@headgate/core-ts';
import type { MiddlewareOptions } from 'koa-ratelimit';
import { RateLimiter } from '../backend/rate-limiter.js';
import type { LocalOptions } from './hits/local-options.js';
import { checkStoreOptions, STORE_OPTIONS } from './hits/store-options.js';
import { wholeWindowMs } from './hits/whole-window.js';

export type { LocalOptions } from './hits/local-options.js';

export interface DriverOptions extends LocalOptions {
  /** `'fixed-window'` by default, as in koa-ratelimit's memory. */
  readonly algorithm?: Algorithm | undefined;
}

/**
 * The options `driver` and `db` of koa-ratelimit, with which it asks headgate: one for each middleware.
 *
 * ```ts
 * app.use(ratelimit({ duration: 60_000, max: 100, ...headgateDriver() }));
 * ```
 *
 * Its driver `'redis'` calls one command of its connection and nothing else, so whatever has that command will do.
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function headgateDriver(options: DriverOptions = {}): Pick<MiddlewareOptions, 'driver' | 'db'> {
  return { driver: 'redis', db: new RedisConnection(options) as unknown as MiddlewareOptions['db'] };
}

/**
 * Units that were left before this call, the Unix time at which there are more, and the limit. That time is within a
 * second of the true one, above or below, so that what the middleware rounds down of it, less the time now, is
 * `Retry-After` rounded down once.
 */
type CommandReply = readonly [remaining: number, resetSeconds: number, total: number];

class RedisConnection {
  readonly #options: DriverOptions;
  readonly #limiters = new Map<string, RateLimiter>();

  constructor(options: DriverOptions) {
    checkStoreOptions(options, [...STORE_OPTIONS, 'algorithm']);
    oneOf('algorithm', options.algorithm ?? 'fixed-window', ['fixed-window', 'sliding-window', 'token-bucket']);
    this.#options = options;
  }

  /** The command. The caller's `now` is not used: the limiter has a clock. */
  ratelimiter(key: string, _now: number, durationMs: number, max: number, peek: '0' | '1'): CommandReply {
    const limiter = this.#limiterOf(max, durationMs);
    const cost = peek === '1' ? 0 : 1;
    const { allowed, remaining, resetAfterMs, retryAfterMs } = limiter.check(key, cost);
    const afterMs = allowed ? resetAfterMs : retryAfterMs;
    const resetSeconds = Math.ceil(Date.now() / 1000) + Math.floor(afterMs / 1000);
    return [allowed ? remaining + cost : 0, resetSeconds, max];
  }

  /** The numbers are those of the middleware, so there is one limiter, unless several middlewares use one driver. */
  #limiterOf(max: number, durationMs: number): RateLimiter {
    const numbers = `${max} in ${durationMs} ms`;
    const known = this.#limiters.get(numbers);
    if (known !== undefined) return known;
    const { shared } = this.#options;
    const name = shared === undefined ? undefined : `${shared} ${numbers}`;
    const limit = Math.min(Math.max(0, Math.ceil(max)), Number.MAX_SAFE_INTEGER);
    const windowMs = wholeWindowMs('duration', durationMs);
    const limiter = new RateLimiter({ ...this.#options, shared: name, limit, windowMs });
    this.#limiters.set(numbers, limiter);
    return limiter;
  }
}
