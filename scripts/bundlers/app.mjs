// What is bundled: prints which engine decides, and what was tried first for the native one.
import { backends, RateLimiter } from 'headgate';

const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
console.log(limiter.backend, limiter.allow('k'), limiter.allow('k'), backends()[0].tried[0].error ?? '');
