import {
  type RateLimiterOptions as CoreOptions,
  RateLimiter as CoreRateLimiter,
  type EngineFactory,
  show,
} from '@headgate/core-ts';
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
   * `createEngine`: makes an engine of a third party's, which decides then in the place of a backend.
   *
   * @throws TypeError or RangeError for a bad option, with its name and value.
   * @throws BackendUnavailableError for `backend: 'native'` or a `shared` name where native can't be loaded.
   */
  constructor(options: RateLimiterOptions, createEngine?: EngineFactory) {
    if (typeof options !== 'object' || options === null)
      throw new TypeError(`options must be an object, got ${show(options)}`);
    const { backend, ...rest } = { ...options }; // each option is read once, which V8's rest pattern alone does not
    if (createEngine !== undefined && backend !== undefined)
      throw new TypeError(`give backend or createEngine, not both: got ${show(backend)} and ${show(createEngine)}`);
    super(rest, createEngine === undefined ? chooseEngine(backend) : createEngine);
  }
}
