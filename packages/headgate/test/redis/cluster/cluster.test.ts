import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slotOf, tagOf } from '../../../src/redis/client/slot.js';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import type { TestClient } from '../clients/clients.js';
import { withServers } from '../setup/servers.js';
import { HANG_MS } from '../setup/waiting.js';
import { startCluster, type TestCluster } from './cluster.js';
import { CLUSTER_CLIENTS } from './cluster-clients.js';

/** CI tries all slots, by every client. */
const SLOT_STEP = process.env.CI === 'true' ? 1 : 16;

withServers('a cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.end());

  describe.each(Object.keys(CLUSTER_CLIENTS))('with %s', (kind) => {
    let opened: TestClient;
    beforeAll(async () => {
      const [first] = cluster.masters;
      opened = await (CLUSTER_CLIENTS[kind] as (typeof CLUSTER_CLIENTS)[string])(first?.port as number);
      await Promise.all(cluster.masters.map(({ direct }) => direct.flushall()));
    });
    afterAll(() => opened.close());

    const limiterOf = (limit: number, options = {}) =>
      new RemoteRateLimiter({
        limit,
        windowSeconds: 3600,
        engine: redis(opened.client, { prefix: `${limit}:`, deadlineMs: HANG_MS, onOutage: 'throw', ...options }),
      });

    it('admits exactly the limit of each key, wherever it is', async () => {
      const limiter = limiterOf(3);
      const keys = Array.from({ length: 600 }, (_, i) => `user ${i}`);
      const rounds = await Promise.all(Array.from({ length: 5 }, () => limiter.allowMany(keys)));
      expect(rounds.map((round) => round.reduce((sum, each) => sum + each, 0))).toEqual([600, 600, 600, 0, 0]);
      for (const { direct } of cluster.masters) expect(await direct.dbsize()).toBeGreaterThan(100);
      expect(limiter.stats()).toMatchObject({ allowed: 1800, blocked: 1200, degraded: 0 });
    });

    it('admits exactly the limit of a key in each slot', async () => {
      const limiter = limiterOf(1, { prefix: 'all:', rememberDenialsMs: 0 });
      const keys = keyOfEachSlot('all:').filter((_, slot) => slot % SLOT_STEP === 0);
      for (const allowed of [1, 0]) {
        const answers = await limiter.allowMany(keys);
        expect(answers.reduce((sum, each) => sum + each, 0)).toBe(allowed * keys.length);
      }
    });

    it('sends the calls of one turn in one script call for each slot', async () => {
      const limiter = limiterOf(4);
      const keys = Array.from({ length: 300 }, (_, i) => `tag ${i % 100}`);
      await limiter.allowMany(keys);
      const before = await scriptCalls();
      await Promise.all([limiter.allowMany(keys), ...keys.map((key) => limiter.peek(key))]);
      expect((await scriptCalls()) - before).toBe(new Set(keys.map((key) => slotOf(`4:${key}`))).size);
    });

    it('braces in a key choose no slot', async () => {
      const limiter = limiterOf(5);
      const keys = ['{}', '{', '}', '', '{a}{b}', ...Array.from({ length: 100 }, (_, i) => `{same}${i}`)];
      for (let round = 0; round < 7; round++) {
        const answers = await limiter.allowMany(keys);
        expect(answers.every((each) => each === (round < 5 ? 1 : 0))).toBe(true);
      }
      const nodes = await Promise.all(cluster.masters.map(({ direct }) => direct.keys('5:*same*')));
      for (const names of nodes) expect(names.length).toBeGreaterThan(0);
    });

    it('takes an empty key of an empty prefix', async () => {
      const limiter = limiterOf(6, { prefix: '' });
      expect((await limiter.check('')).remaining).toBe(5);
      expect((await limiter.check('')).remaining).toBe(4);
    });

    it('goes on where one node has lost its scripts', async () => {
      const limiter = limiterOf(7);
      const keys = Array.from({ length: 60 }, (_, i) => `user ${i}`);
      await limiter.allowMany(keys);
      await cluster.masters[1]?.direct.script('FLUSH');
      const told = await Promise.all(keys.map((key) => limiter.check(key)));
      expect(told.every(({ remaining }) => remaining === 5)).toBe(true);
    });

    it('clears the keys of all masters, and those of no other prefix', async () => {
      const [limiter, other] = [limiterOf(8), limiterOf(9)];
      const keys = Array.from({ length: 300 }, (_, i) => `user ${i}`);
      await Promise.all([limiter.allowMany(keys), other.allowMany(keys)]);
      await limiter.clear();
      const left = await Promise.all(cluster.masters.map(({ direct }) => direct.keys('8:*')));
      expect(left.flat()).toEqual([]);
      expect((await Promise.all(keys.map((key) => other.remaining(key)))).every((each) => each === 8)).toBe(true);
    });

    async function scriptCalls(): Promise<number> {
      const infos = await Promise.all(cluster.masters.map(({ direct }) => direct.info('commandstats')));
      return infos.reduce((sum, info) => sum + Number(info.match(/cmdstat_evalsha:calls=(\d+)/)?.[1] ?? 0), 0);
    }
  });
});

/** Numbers, one in each slot behind the prefix. */
function keyOfEachSlot(prefix: string): string[] {
  const keys = new Map<number, string>();
  for (let i = 0; keys.size < 16_384; i++) keys.set(slotOf(`${prefix}${i}`), String(i));
  return Array.from({ length: 16_384 }, (_, slot) => keys.get(slot) as string);
}

it('there is a tag for each slot', () => {
  for (let slot = 0; slot < 16_384; slot++) expect(slotOf(String(tagOf(slot)))).toBe(slot);
});
