export type { GuardedCall } from './call/guarded-call.js';
export type { NestRequest } from './call/replies.js';
export type { RequestResponse } from './call/request-response.js';
export { RateLimit, type Skipped, SkipRateLimit } from './decorators.js';
export { RateLimitException } from './exceptions.js';
export type { RateLimitModuleOptions, RateLimitOptions } from './options.js';
export { RateLimitGuard } from './rate-limit-guard.js';
export { RateLimitModule, type RateLimitOptionsFactory } from './rate-limit-module.js';
export { RateLimits } from './rate-limits.js';
