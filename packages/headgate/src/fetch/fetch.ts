// `headgate/fetch`: a fetch, and an interceptor for undici, that hold outgoing calls to a policy and to what servers say of
// their limits.
export type { AnyFetch, FetchResponse, OutgoingCall, OutgoingLimiter } from './call/fetch-types.js';
export { createFetch } from './create-fetch.js';
export type { FetchOptions } from './fetch-options.js';
export type { Dispatch, Interceptor } from './undici/dispatch-types.js';
export { type InterceptorOptions, limitInterceptor } from './undici/limit-interceptor.js';
