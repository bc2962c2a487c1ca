import { Redis as UpstashRedis } from '@upstash/redis';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { createClient, createClientPool } from 'redis';
import { createClient as createClient5, createClientPool as createClientPool5 } from 'redis5';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { startServer, type TestServer, withServers } from '../setup/servers.js';
import { HANG_MS } from '../setup/waiting.js';
import { type RestServer, startRest } from './upstash.js';

/** A client with an option that changes how it sends or reads, connected, and what closes it. */
const CLIENTS: Record<string, (port: number, rest: RestServer) => Promise<[unknown, () => unknown]>> = {
  'ioredis, keyPrefix': async (port) => ofIoredis(new Redis(port, '127.0.0.1', { keyPrefix: 'app:' })),
  'ioredis 5, keyPrefix': async (port) => ofIoredis(new Redis5(port, '127.0.0.1', { keyPrefix: 'app[*]:' })),
  'ioredis, enableAutoPipelining': async (port) =>
    ofIoredis(new Redis(port, '127.0.0.1', { enableAutoPipelining: true })),
  'ioredis, lazyConnect': async (port) => ofIoredis(new Redis(port, '127.0.0.1', { lazyConnect: true })),
  'ioredis, enableOfflineQueue: false': async (port) =>
    ofIoredis(new Redis(port, '127.0.0.1', { enableOfflineQueue: false })),
  'ioredis 5, stringNumbers': async (port) => ofIoredis(new Redis5(port, '127.0.0.1', { stringNumbers: true })),
  'redis, RESP 2': async (port) => ofNodeRedis(createClient({ socket: { port }, RESP: 2 })),
  'redis 5, RESP 3': async (port) => ofNodeRedis(createClient5({ socket: { port }, RESP: 3 })),
  'redis, createClientPool': async (port) => ofNodeRedis(createClientPool({ socket: { port } })),
  'redis 5, createClientPool': async (port) => ofNodeRedis(createClientPool5({ socket: { port } })),
  '@upstash/redis, automaticDeserialization: false': async (_, { url, token }) =>
    ofUpstash(new UpstashRedis({ url, token, automaticDeserialization: false })),
  '@upstash/redis, enableAutoPipelining': async (_, { url, token }) =>
    ofUpstash(new UpstashRedis({ url, token, enableAutoPipelining: true })),
  '@upstash/redis, responseEncoding: false': async (_, { url, token }) =>
    ofUpstash(new UpstashRedis({ url, token, responseEncoding: false })),
};

withServers('a client with options', () => {
  let server: TestServer;
  let rest: RestServer;
  let direct: Redis;
  beforeAll(async () => {
    server = await startServer();
    rest = await startRest(server.port);
    direct = new Redis(server.port, '127.0.0.1');
  });
  afterAll(async () => {
    direct.disconnect();
    rest.close();
    await server.kill();
  });

  it.each(Object.keys(CLIENTS))('%s: decides as any', async (name) => {
    await direct.flushall();
    const [client, close] = await (CLIENTS[name] as (typeof CLIENTS)[string])(server.port, rest);
    const options = { limit: 10, windowSeconds: 60, algorithm: 'token-bucket' } as const;
    const engine = redis(client, { deadlineMs: HANG_MS, onOutage: 'throw' });
    const [windows, buckets] = [
      new RemoteRateLimiter({ limit: 10, windowSeconds: 60, engine }),
      new RemoteRateLimiter({
        ...options,
        engine: redis(client, { prefix: 't:', deadlineMs: HANG_MS, onOutage: 'throw' }),
      }),
    ];
    for (const limiter of [windows, buckets]) {
      const allowed = await Promise.all(Array.from({ length: 25 }, () => limiter.allow('k')));
      expect(allowed).toEqual(Array.from({ length: 25 }, (_, i) => i < 10));
      await direct.script('FLUSH');
      // Turns that overtake each other, where the client lets them.
      const turns = [];
      for (let i = 0; i < 5; i++) {
        turns.push(limiter.allow('turns', 2));
        await new Promise(setImmediate);
      }
      expect(await Promise.all(turns)).toEqual([true, true, true, true, true]);
      const reservation = await limiter.reserve('r', 6);
      expect((await reservation.commit(2)).remaining).toBe(8);
      await limiter.clear();
      expect(await limiter.remaining('k')).toBe(10);
    }
    expect(await direct.keys('*k')).toEqual([]);
    await close();
  });
});

function ofIoredis(client: Redis | Redis5): Promise<[unknown, () => unknown]> {
  client.on('error', () => undefined);
  return Promise.resolve([client, () => client.disconnect()]);
}

async function ofNodeRedis(client: {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
}): Promise<[unknown, () => unknown]> {
  client.on('error', () => undefined);
  await client.connect();
  return [client, () => client.destroy()];
}

function ofUpstash(client: UpstashRedis): [unknown, () => unknown] {
  return [client, () => undefined];
}
