import { type RateLimiterOptions as CoreOptions, RateLimiter as CoreRateLimiter, show } from '@headgate/core-ts';
import { type Backend, chooseEngine } from './backends.js';

/** What a limiter is made from. Give exactly one of `windowSeconds` and `windowMs`. */
export interface RateLimiterOptions extends CoreOptions {
  /** Which engine decides; by default what `HEADGATE_BACKEND` says, or else `'auto'`. */
  readonly backend?: Backend | undefined;
}

/**
 * A rate limiter on the best engine that runs here: native, or TypeScript, with the same decisions.
 *
 * ```ts
 * import { RateLimiter } from 'headgate';
 *
 * const limiter = new RateLimiter({ limit: 5, windowSeconds: 60 });
 * if (!limiter.allow(userId)) return tooManyRequests();
 * ```
 */
export class RateLimiter extends CoreRateLimiter {
  /**
   * @throws TypeError or RangeError for a bad option, with its name and value.
   * @throws BackendUnavailableError for `backend: 'native'` or a `shared` name where native can't be loaded.
   */
  constructor(options: RateLimiterOptions) {
    if (typeof options !== 'object' || options === null)
      throw new TypeError(`options must be an object, got ${show(options)}`);
    const { backend, ...rest } = options;
    super(rest, chooseEngine(backend));
  }
}
