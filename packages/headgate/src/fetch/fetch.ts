// `headgate/fetch`: a fetch that holds outgoing calls to a policy and to what servers say of their limits.
export type { AnyFetch, FetchResponse, OutgoingCall, OutgoingLimiter } from './call/fetch-types.js';
export { createFetch } from './create-fetch.js';
export type { FetchOptions } from './fetch-options.js';
