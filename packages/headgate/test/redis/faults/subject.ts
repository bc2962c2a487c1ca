/** What scenarios are tried on: the sources as they are, or with a fault. */
export { recognise } from '../../../src/redis/client/recognise.js';
export { slotOf } from '../../../src/redis/client/slot.js';
export { RedisEngine } from '../../../src/redis/engine/redis-engine.js';
export { readRedisOptions } from '../../../src/redis/engine/redis-options.js';
export { RedisHits } from '../../../src/redis/hits/redis-hits.js';
export { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
