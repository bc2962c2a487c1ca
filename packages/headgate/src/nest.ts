export { RateLimit, type Skipped, SkipRateLimit } from './nest/decorators.js';
export { RateLimitException } from './nest/exceptions.js';
export type { GuardedCall } from './nest/guarded-call.js';
export type { RateLimitModuleOptions, RateLimitOptions } from './nest/options.js';
export { RateLimitGuard } from './nest/rate-limit-guard.js';
export { RateLimitModule, type RateLimitOptionsFactory } from './nest/rate-limit-module.js';
export { RateLimits } from './nest/rate-limits.js';
export type { NestRequest, RequestResponse } from './nest/request-response.js';
