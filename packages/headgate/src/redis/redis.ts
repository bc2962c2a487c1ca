import { recognise } from './client/recognise.js';
import type { KnownClient } from './client/script-client.js';
import { RedisEngine } from './engine/redis-engine.js';
import { type RedisOptions, readRedisOptions } from './engine/redis-options.js';
import { RedisHits } from './hits/redis-hits.js';
import { LeasingEngine } from './leases/leasing-engine.js';
import type { RemoteEngineFactory, RemoteSpec } from './limiter/remote-engine.js';

export type { ScriptClient } from './client/script-client.js';
export { memory } from './engine/memory.js';
export type { OnOutage } from './engine/outage.js';
export type { CountHere, HitsCall, Over, RemoteCount, RemoteHits } from './hits/remote-hits.js';
export type { Inspection, InspectOptions } from './inspect/inspection.js';
export type { LeaseOptions } from './leases/lease-options.js';
export type {
  RemoteDecision,
  RemoteEngine,
  RemoteEngineFactory,
  RemoteReserved,
  RemoteSpec,
  RemoteStats,
} from './limiter/remote-engine.js';
export { RemoteRateLimiter, type RemoteRateLimiterOptions } from './limiter/remote-rate-limiter.js';
export type { RemoteReservation } from './limiter/remote-reservation.js';
export type { RedisOptions };

/**
 * Keeps a limiter's state on a server that speaks Redis's protocol: Redis from 6.2, Valkey.
 *
 * The client is yours: of ioredis, redis, `@valkey/valkey-glide`, `@upstash/redis` or Bun, or anything with
 * `evalsha(sha, keys, args)` and `eval(script, keys, args)`. It is never closed or configured.
 *
 * @throws TypeError or RangeError for a client that is none, and for a bad option, with its name and value.
 */
export function redis(client: unknown, options: RedisOptions = {}): RemoteEngineFactory {
  const [known, own] = [knownClient(client), readRedisOptions(options)];
  const engineFor = ({ policies }: RemoteSpec) => {
    const engine = new RedisEngine(policies, known, own);
    return own.leases === undefined ? engine : new LeasingEngine(engine, own.leases, own.expectedInstances);
  };
  return Object.assign(engineFor, { hits: () => new RedisHits(known, own) });
}

const clients = new WeakMap<object, KnownClient>();

/** One for each client, however many limiters it serves. */
function knownClient(client: unknown): KnownClient {
  const known = clients.get(client as object) ?? recognise(client);
  clients.set(client as object, known);
  return known;
}
