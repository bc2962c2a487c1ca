import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LeaseOptions, RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { startServer, type TestServer, withServers } from '../servers.js';

withServers('leases', () => {
  let server: TestServer;
  const clients: Redis[] = [];
  let made = 0;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server.kill();
  });

  /** Limiters on one set of counters, each with a client of its own that counts what is sent. */
  function limiters(count: number, limit: number, leases: LeaseOptions = {}, policy = {}) {
    const prefix = `${++made}:`;
    return Array.from({ length: count }, () => {
      const client = new Redis(server.port, '127.0.0.1');
      clients.push(client);
      const sent = { calls: 0 };
      const counting = {
        evalsha: (sha: string, keys: string[], args: string[]) => {
          sent.calls++;
          return client.evalsha(sha, keys.length, ...keys, ...args);
        },
        eval: (script: string, keys: string[], args: string[]) => client.eval(script, keys.length, ...keys, ...args),
      };
      const options = { prefix, deadlineMs: 60_000, onOutage: 'throw', rememberDenialsMs: 0 } as const;
      const engine = redis(counting, { ...options, expectedInstances: count, leases: { fromPerSecond: 1, ...leases } });
      return { limiter: new RemoteRateLimiter({ limit, windowSeconds: 3600, engine, ...policy }), sent };
    });
  }

  it.each(['fixed-window', 'sliding-window'] as const)(
    'four limiters admit exactly the limit in a %s',
    async (algorithm) => {
      const all = limiters(4, 1000, {}, { algorithm });
      const counts = await Promise.all(
        all.map(async ({ limiter }) => {
          let allowed = 0;
          while (await limiter.allow('k')) allowed++;
          expect(limiter.stats()).toMatchObject({ allowed, blocked: 1, totalChecks: allowed + 1, degraded: 0 });
          return allowed;
        }),
      );
      expect(counts.reduce((sum, each) => sum + each, 0)).toBe(1000);
      expect(all.reduce((sum, { sent }) => sum + sent.calls, 0)).toBeLessThan(500);
    },
  );
});
