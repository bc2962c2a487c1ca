import { RateLimiter } from 'headgate';

console.log(new RateLimiter({ limit: 1, windowSeconds: 60, maxKeys: 1000 }).backend);
