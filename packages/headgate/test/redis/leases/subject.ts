export { recognise } from '../../../src/redis/client/recognise.js';
export { RedisEngine } from '../../../src/redis/engine/redis-engine.js';
export { readRedisOptions } from '../../../src/redis/engine/redis-options.js';
export { Lease } from '../../../src/redis/leases/lease.js';
export { LeasingEngine } from '../../../src/redis/leases/leasing-engine.js';
