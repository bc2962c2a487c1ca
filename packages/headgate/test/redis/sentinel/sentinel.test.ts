import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { createSentinel } from 'redis';
import { createSentinel as createSentinel5 } from 'redis5';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { recognise } from '../../../src/redis/client/recognise.js';
import { RedisEngine } from '../../../src/redis/engine/redis-engine.js';
import { readRedisOptions } from '../../../src/redis/engine/redis-options.js';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import type { TestClient } from '../clients/clients.js';
import { ofIoredis, ofNodeRedis } from '../cluster/cluster-clients.js';
import { type TestServer, withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { HANG_MS } from '../setup/waiting.js';
import { startSentinels, type TestSentinels } from './sentinels.js';

noUnhandledRejections();

const [LIMIT, BEFORE] = [10, 6];
const WINDOW_MS = 3_600_000;
const ORDERED = 'that is ordered, grants nothing again that a replica has, with any client';
const until = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: HANG_MS, interval: 20 });

type Connect = (sentinels: TestSentinels) => Promise<TestClient>;

const CLIENTS: Record<string, Connect> = {
  'ioredis 6': async ({ name, addresses }) => ofIoredis(new Redis({ sentinels: [...addresses], name })),
  'ioredis 5': async ({ name, addresses }) => ofIoredis(new Redis5({ sentinels: [...addresses], name })),
  'redis 6': async ({ name, addresses }) => ofNodeRedis(createSentinel({ name, sentinelRootNodes: [...addresses] })),
  'redis 5': async ({ name, addresses }) => ofNodeRedis(createSentinel5({ name, sentinelRootNodes: [...addresses] })),
};

withServers('a failover by sentinels', () => {
  let sentinels: TestSentinels;
  const opened = new Map<string, TestClient>();
  beforeAll(async () => {
    sentinels = await startSentinels();
    for (const [kind, connect] of Object.entries(CLIENTS)) opened.set(kind, await connect(sentinels));
  });
  afterAll(async () => {
    for (const { close } of opened.values()) await close();
    await sentinels.end();
  });

  const limiterOf = (kind: string, prefix: string, limit = LIMIT) => {
    const client = opened.get(kind)?.client;
    // In an outage nothing is allowed, so what is allowed was counted on a server.
    const engine = redis(client, {
      prefix: `${prefix} ${kind}:`.replaceAll(' ', '-'),
      onOutage: 'closed',
      rememberDenialsMs: 0,
    });
    const limiter = new RemoteRateLimiter({ limit, windowMs: WINDOW_MS, engine });
    return { kind, limiter, allowed: 0, unknown: 0 };
  };
  type Given = ReturnType<typeof limiterOf>;

  async function call(given: Given): Promise<boolean> {
    const told = await given.limiter.check('k');
    if (told.allowed) given.allowed++;
    if (told.degraded) given.unknown++;
    return told.degraded === true;
  }

  it.each(Object.keys(CLIENTS))('counts nothing twice where connections are cut under load, with %s', async (kind) => {
    const master = await sentinels.master();
    const direct = new Redis(master.port, '127.0.0.1');
    const given = limiterOf(kind, 'cut', 10_000);
    const id = await direct.client('ID');
    for (let round = 0; round < 40; round++) {
      const calls = Array.from({ length: 10 }, () => call(given));
      if (round % 4 === 0)
        for (const other of String(await direct.client('LIST', 'TYPE', 'NORMAL')).matchAll(
          /^id=(\d+) .* name=(?!sentinel)/gm,
        ))
          if (Number(other[1]) !== id) await direct.client('KILL', 'ID', other[1] as string).catch(() => undefined);
      await Promise.all(calls);
    }
    await until(async () => expect(await given.limiter.peek('k')).not.toHaveProperty('degraded'));
    const used = 10_000 - (await given.limiter.remaining('k'));
    expect(used).toBeGreaterThanOrEqual(given.allowed);
    expect(used).toBeLessThanOrEqual(given.allowed + given.unknown);
    direct.disconnect();
  });

  it.each(Object.keys(CLIENTS))('`inspect()` tells of the master, with %s', async (kind) => {
    const told = await limiterOf(kind, 'see').limiter.inspect({ deadlineMs: HANG_MS });
    expect(told).toMatchObject({ server: { isCluster: false }, replication: { role: 'primary', replicas: 2 } });
    expect(told).toMatchObject({ unknown: {}, warnings: [] });
  });

  const inCi = process.env.CI === 'true';
  it.skipIf(!inCi)(inCi ? ORDERED : `${ORDERED} (skipped: it takes 10 s, so CI runs it)`, () => failsOver(false));
  it('after the master was killed, grants nothing again that a replica has, with any client', () => failsOver(true));

  async function failsOver(isKilled: boolean): Promise<void> {
    const old = await sentinels.master();
    const all = Object.keys(CLIENTS).map((kind) => limiterOf(kind, isKilled ? 'killed' : 'ordered'));
    for (const given of all) while (given.allowed < BEFORE) await call(given);
    const clock = await clockSetBack(old);
    await replicated(old);
    if (isKilled) {
      await old.kill();
      // The policy decides while there is no master: no failover is over before the sentinels have seen that.
      const answers = await Promise.all(all.map((given) => call(given)));
      expect(answers).toEqual(all.map(() => true));
    } else await sentinels.failover();
    await sentinels.follows(old);
    for (const given of all) {
      await until(async () => expect(await given.limiter.peek('other'), given.kind).not.toHaveProperty('degraded'));
      for (let calls = 0; calls < 2 * LIMIT; calls++) await call(given);
      expect(given.allowed, given.kind).toBeLessThanOrEqual(LIMIT);
      // Those that nobody answered may have been counted; no other was lost.
      expect(given.allowed, given.kind).toBeGreaterThanOrEqual(LIMIT - given.unknown);
    }
    await clock.expectNothingGrantedAgain();
  }

  /** Resolves once both replicas, or the one that is left, have all that was counted. */
  async function replicated(master: TestServer): Promise<void> {
    const direct = new Redis(master.port, '127.0.0.1');
    const replicas = Number(/connected_slaves:(\d+)/.exec(await direct.info('replication'))?.[1]);
    await direct.set('headgate-test', String(Math.random()), 'EX', 60);
    expect(await direct.wait(replicas, HANG_MS)).toBe(replicas);
    direct.disconnect();
  }

  /** A key that is used up by a clock that is 30 s behind after the failover. */
  async function clockSetBack(old: TestServer) {
    let now = Date.now();
    const policy = {
      name: 'default',
      algorithm: 'fixed-window',
      limit: 2,
      windowMs: 60_000,
      burst: 2,
      blockForMs: 0,
    } as const;
    const options = readRedisOptions({
      prefix: `clock-${old.port}:`,
      deadlineMs: HANG_MS,
      onOutage: 'throw',
      rememberDenialsMs: 0,
    });
    const engine = new RedisEngine([policy], recognise(opened.get('ioredis 6')?.client), options, { now: () => now });
    expect([await engine.allow('k', 2), await engine.allow('k', 1)]).toEqual([true, false]);
    return {
      async expectNothingGrantedAgain() {
        now -= 30_000;
        expect(await engine.allow('k', 1)).toBe(false);
        now += 59_999;
        expect(await engine.allow('k', 1)).toBe(false);
        now += 1;
        expect(await engine.allow('k', 1)).toBe(true);
      },
    };
  }
});
