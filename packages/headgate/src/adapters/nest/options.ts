import type { HttpOptions } from '../../http/options/options.js';
import type { GuardedCall } from './call/guarded-call.js';

/**
 * The options of all middlewares, with functions that get the call: `key: ({ request }) => request.headers.tenant`.
 * `methods` knows an operation of GraphQL as `POST` and a message of a socket as `MESSAGE`; `key: 'route'` counts by
 * the pattern of the path, by `Query.items`, or by the message's name.
 */
export interface RateLimitOptions extends HttpOptions<GuardedCall> {}

/** One limiter, or several that each request has to pass; none where only what has `@RateLimit()` is limited. */
export type RateLimitModuleOptions = RateLimitOptions | readonly RateLimitOptions[];
