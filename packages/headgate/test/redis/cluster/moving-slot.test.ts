import { afterAll, beforeAll, expect, it } from 'vitest';
import { slotOf } from '../../../src/redis/client/slot.js';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { HANG_MS } from '../setup/waiting.js';
import { startCluster, type TestCluster, type TestMaster } from './cluster.js';
import { CLUSTER_CLIENTS } from './cluster-clients.js';

noUnhandledRejections();

const LIMIT = 200;
const SLOT = 1234;

withServers('a slot that moves', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.end());

  it.each(Object.keys(CLUSTER_CLIENTS))('while calls run with %s: each is decided, and counted once', async (kind) => {
    const [first] = cluster.masters;
    const { client, close } = await (CLUSTER_CLIENTS[kind] as (typeof CLUSTER_CLIENTS)[string])(first?.port as number);
    const prefix = `${kind.replace(' ', '-')}:`;
    const engine = redis(client, { prefix, deadlineMs: HANG_MS, onOutage: 'throw', rememberDenialsMs: 0 });
    const limiter = new RemoteRateLimiter({ limit: LIMIT, windowSeconds: 3600, engine });
    const keys = keysIn(SLOT, prefix, 12);
    const later = keys.splice(4);
    const allowed = new Map<string, number>();
    let rounds = 0;
    // Some come one by one: they are on neither node yet.
    const round = async () => {
      const own = [...keys, ...later.splice(0, 1)];
      keys.splice(0, keys.length, ...own);
      rounds++;
      const answers = await Promise.all(own.map((key) => limiter.check(key)));
      answers.forEach((told, i) => {
        const key = own[i] as string;
        if (told.allowed) allowed.set(key, (allowed.get(key) ?? 0) + 1);
      });
    };
    let isMoving = true;
    const load = async () => {
      while (isMoving) await round();
    };
    await round();
    const loads = [load(), load(), load()];
    const [from, to] = await move(cluster, SLOT);
    isMoving = false;
    await Promise.all(loads);
    await round();
    expect(await cluster.masters[to]?.direct.cluster('COUNTKEYSINSLOT', SLOT)).toBeGreaterThanOrEqual(12);
    expect(await cluster.masters[from]?.direct.cluster('COUNTKEYSINSLOT', SLOT)).toBe(0);
    expect(limiter.stats().degraded).toBe(0);
    for (const key of keys.slice(0, 4)) expect(allowed.get(key), key).toBe(Math.min(rounds, LIMIT));
    for (const [key, count] of allowed) {
      expect(count, key).toBeLessThanOrEqual(LIMIT);
      expect(await limiter.remaining(key), key).toBe(LIMIT - count);
    }
    close();
  });
});

/** Moves a slot to the next master as an operator does. */
async function move(cluster: TestCluster, slot: number): Promise<[number, number]> {
  const from = await cluster.ownerOf(slot);
  const to = (from + 1) % cluster.masters.length;
  const [source, target] = [cluster.masters[from], cluster.masters[to]] as [TestMaster, TestMaster];
  await target.direct.cluster('SETSLOT', slot, 'IMPORTING', source.id);
  await source.direct.cluster('SETSLOT', slot, 'MIGRATING', target.id);
  for (;;) {
    const names = await source.direct.cluster('GETKEYSINSLOT', slot, 3);
    if (names.length === 0) break;
    await source.direct.migrate('127.0.0.1', target.port, '', 0, HANG_MS, 'KEYS', ...names);
  }
  for (const { direct } of [target, source, ...cluster.masters])
    await direct.cluster('SETSLOT', slot, 'NODE', target.id);
  return [from, to];
}

/** Keys whose names are in a slot. */
function keysIn(slot: number, prefix: string, count: number): string[] {
  const keys: string[] = [];
  for (let i = 0; keys.length < count; i++) if (slotOf(`${prefix}${i}`) === slot) keys.push(String(i));
  return keys;
}
