import type { Store } from 'hono-rate-limiter';
import { CountingStore } from './counting-store.js';

export type { StoreOptions } from './store-options.js';

/**
 * A `store` for hono-rate-limiter: one for each middleware.
 *
 * ```ts
 * app.use(rateLimiter({ windowMs: 60_000, limit: 100, keyGenerator, store: new HeadgateStore() }));
 * ```
 */
export class HeadgateStore extends CountingStore implements Store {}
