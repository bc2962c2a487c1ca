import { Redis } from 'ioredis';
import { recognise } from '../../../src/redis/client/recognise.js';
import { RedisEngine } from '../../../src/redis/engine/redis-engine.js';
import { type RedisOptions, readRedisOptions } from '../../../src/redis/engine/redis-options.js';
import { RedisHits } from '../../../src/redis/hits/redis-hits.js';
import type { RemoteEngineFactory, RemoteSpec } from '../../../src/redis/redis.js';
import { startServer, type TestServer } from '../setup/servers.js';

/** A server of a test's own, with a client of it. */
export interface OnRedis {
  readonly server: TestServer;
  readonly client: Redis;
  /** As `redis(client, options)`; with `now` in the place of the server's clock. Each has a prefix of its own. */
  engine(now?: () => number, options?: RedisOptions): RemoteEngineFactory;
  close(): Promise<void>;
}

export async function onRedis(): Promise<OnRedis> {
  const server = await startServer();
  const client = new Redis(server.port, '127.0.0.1');
  let made = 0;
  return {
    server,
    client,
    engine(now, options = {}) {
      const read = readRedisOptions({ prefix: `${++made}:`, deadlineMs: 60_000, onOutage: 'throw', ...options });
      const known = recognise(client);
      const hooks = now === undefined ? {} : { now };
      const limiter = ({ policies }: RemoteSpec) => new RedisEngine(policies, known, read, hooks);
      return Object.assign(limiter, { hits: () => new RedisHits(known, read, now) });
    },
    async close() {
      client.disconnect();
      await server.kill();
    },
  };
}
