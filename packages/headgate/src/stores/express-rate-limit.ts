import type { Store } from 'express-rate-limit';
import { CountingStore } from './hits/counting-store.js';
import type { Engine } from './hits/either-hits.js';

export type { CountingStore } from './hits/counting-store.js';
export type { Engine } from './hits/either-hits.js';
export type { StoreOptions } from './hits/store-options.js';

/**
 * A `store` for express-rate-limit: one for each middleware.
 *
 * ```ts
 * app.use(rateLimit({ windowMs: 60_000, limit: 100, store: new HeadgateStore() }));
 * ```
 */
export class HeadgateStore<E extends Engine = undefined> extends CountingStore<E> implements Store {}
