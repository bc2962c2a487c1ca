import type { RateLimiterOptions } from '../../backend/rate-limiter.js';

/** What is said of the engine in this process behind a store; the limit and the window are the middleware's own options. */
export type LocalOptions = Pick<RateLimiterOptions, 'maxKeys' | 'clock' | 'backend' | 'shared'>;
