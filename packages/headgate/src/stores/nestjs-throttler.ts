import { type Algorithm, type Decision, oneOf } from '@headgate/core-ts';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Plans } from '../http/plans.js';
import { checkStoreOptions, type StoreOptions } from './store-options.js';

export interface ThrottlerStorageOptions extends Omit<StoreOptions, 'shared'> {
  /** `'sliding-window'` by default: as with the guard's own storage, no span of one `ttl` sees more than `limit`. */
  readonly algorithm?: Algorithm | undefined;
}

/** All in whole seconds, rounded up, but for the hits. */
interface ThrottlerStorageRecord {
  readonly totalHits: number;
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
}

/**
 * A `storage` for @nestjs/throttler.
 *
 * ```ts
 * ThrottlerModule.forRoot({ throttlers: [{ ttl: 60_000, limit: 100 }], storage: new HeadgateThrottlerStorage() })
 * ```
 *
 * The guard tells the numbers with each call: there may be 64 different ones, and a key is counted under one of them
 * at a time.
 */
export class HeadgateThrottlerStorage implements ThrottlerStorage {
  readonly #plans: Plans;
  readonly #algorithm: Algorithm;

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: ThrottlerStorageOptions = {}) {
    checkStoreOptions(options, ['maxKeys', 'clock', 'backend', 'algorithm']);
    const { algorithm = 'sliding-window', ...common } = options;
    this.#algorithm = oneOf('algorithm', algorithm, ['fixed-window', 'sliding-window', 'token-bucket']);
    this.#plans = new Plans(common, () => {});
  }

  async increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
  ): Promise<ThrottlerStorageRecord> {
    const blockForMs = Math.max(0, blockDuration);
    const limiter = this.#plans.ofLimits([
      { name: throttlerName, limit, windowMs: ttl, blockForMs, algorithm: this.#algorithm },
    ]);
    return told(await limiter.check(key, 1), Math.max(ttl, blockForMs));
  }
}

/** What never fits has no time after which to retry, where a header wants one: `otherwiseMs`. */
function told(decision: Decision, otherwiseMs: number): ThrottlerStorageRecord {
  const { allowed, limit, remaining, resetAfterSeconds, retryAfterSeconds } = decision;
  return {
    totalHits: limit - remaining + (allowed ? 0 : 1),
    timeToExpire: resetAfterSeconds,
    isBlocked: !allowed,
    timeToBlockExpire: Number.isFinite(retryAfterSeconds) ? retryAfterSeconds : Math.ceil(otherwiseMs / 1000),
  };
}
