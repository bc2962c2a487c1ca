import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RedisOptions, type RemoteEngineFactory, RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { HeadgateStore } from '../../../src/stores/hono-rate-limiter.js';
import { withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { HANG_MS } from '../setup/waiting.js';
import { startCluster, type TestCluster } from './cluster.js';
import { CLUSTER_CLIENTS } from './cluster-clients.js';

noUnhandledRejections();

const KEYS = Array.from({ length: 40 }, (_, i) => `user ${i}`);

withServers('on a cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.end());

  const open: (() => unknown)[] = [];
  afterEach(() => {
    for (const close of open.splice(0)) close();
  });

  describe.each(Object.keys(CLUSTER_CLIENTS))('with %s', (kind) => {
    const engineOf = async (options: RedisOptions) => {
      const port = cluster.masters[0]?.port as number;
      const { client, close } = await (CLUSTER_CLIENTS[kind] as (typeof CLUSTER_CLIENTS)[string])(port);
      open.push(close);
      const prefix = `${options.prefix}-${kind.replace(' ', '-')}:`;
      return redis(client, { deadlineMs: HANG_MS, onOutage: 'throw', rememberDenialsMs: 0, ...options, prefix });
    };

    it('limiters that lease admit exactly the limit of each key, and give back what they hold', async () => {
      const limit = 30;
      const limiters = [];
      for (let i = 0; i < 2; i++) {
        const engine = await engineOf({ prefix: 'lease', expectedInstances: 2, leases: { fromPerSecond: 1 } });
        limiters.push(new RemoteRateLimiter({ limit, windowSeconds: 3600, engine }));
      }
      const sums = new Map<string, number>();
      const take = async (limiter: RemoteRateLimiter, rounds: number) => {
        for (let round = 0; round < rounds; round++)
          (await Promise.all(KEYS.map((key) => limiter.allow(key)))).forEach((allowed, i) => {
            const key = KEYS[i] as string;
            sums.set(key, (sums.get(key) ?? 0) + Number(allowed));
          });
      };
      await Promise.all(limiters.map((limiter) => take(limiter, 8)));
      await Promise.all(limiters.map((limiter) => limiter.close()));
      for (const key of KEYS) {
        expect(sums.get(key)).toBe(16);
        expect(await limiters[0]?.remaining(key)).toBe(limit - 16);
      }
      await Promise.all(limiters.map((limiter) => take(limiter, 20)));
      expect([...sums.values()]).toEqual(KEYS.map(() => limit));
    });

    it('stores count each hit once, wherever its key is, and forget all', async () => {
      const stores: HeadgateStore<RemoteEngineFactory>[] = [];
      for (let i = 0; i < 2; i++) stores.push(new HeadgateStore({ engine: await engineOf({ prefix: 'store' }) }));
      for (const store of stores) store.init({ windowMs: HANG_MS } as never);
      const hits = await Promise.all(
        KEYS.flatMap((key) => stores.flatMap((store) => [store.increment(key), store.increment(key)])),
      );
      const most = KEYS.map((_, i) => Math.max(...hits.slice(4 * i, 4 * i + 4).map(({ totalHits }) => totalHits)));
      expect(most).toEqual(KEYS.map(() => 4));
      await stores[0]?.resetAll();
      const again = await Promise.all(KEYS.map((key) => stores[1]?.increment(key)));
      expect(again.map((told) => told?.totalHits)).toEqual(KEYS.map(() => 1));
    });

    it('`inspect()` tells of the node that has the key', async () => {
      const limiter = new RemoteRateLimiter({ limit: 5, windowSeconds: 60, engine: await engineOf({ prefix: 'see' }) });
      for (const key of KEYS.slice(0, 6)) {
        await limiter.allow(key);
        const told = await limiter.inspect({ key, deadlineMs: HANG_MS });
        expect(told).toMatchObject({ server: { isCluster: true }, replication: { role: 'primary' }, unknown: {} });
        expect(told.key?.bytes, key).toBeGreaterThan(0);
        expect(told.breaker).toEqual({ isOpen: false, openSince: undefined, lastError: undefined });
        expect(told.warnings).toEqual([]);
      }
    });
  });
});
