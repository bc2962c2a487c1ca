import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../../../scripts/free-port.mjs';
import { type RedisOptions, RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { CLIENTS } from '../clients/clients.js';
import { launch, startServer, withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { closedAfterEach, HANG_MS, until } from '../setup/waiting.js';
import { startProxy } from './proxy.js';

noUnhandledRejections();

const KINDS = Object.keys(CLIENTS).filter((name) => name !== 'evalsha and eval');
const LIMIT = 1000;

const open = closedAfterEach();

async function serverAndProxy() {
  const server = await startServer();
  open.push(() => server.kill());
  const proxy = await startProxy(server.port);
  open.push(() => proxy.close());
  return { server, proxy };
}

async function limiterOn(kind: string, port: number, options: RedisOptions) {
  const { client, close } = await (CLIENTS[kind] as (typeof CLIENTS)[string])(port);
  open.push(close);
  const engine = redis(client, { onOutage: 'closed', rememberDenialsMs: 0, ...options });
  const limiter = new RemoteRateLimiter({ limit: LIMIT, windowSeconds: 3600, engine });
  const counts = { allowed: 0, unknown: 0 };
  const call = async () => {
    const told = await limiter.check('k');
    if (told.degraded) counts.unknown++;
    else if (told.allowed) counts.allowed++;
    return told.degraded === true;
  };
  const decides = () => until(async () => expect(await limiter.peek('other')).not.toHaveProperty('degraded'));
  return { call, counts, decides };
}

/** What the server has counted, by a connection of its own: all that was decided, and no more than was asked. */
async function expectCounted(port: number, { allowed, unknown }: { allowed: number; unknown: number }): Promise<void> {
  const client = new Redis(port, '127.0.0.1');
  const engine = redis(client, { deadlineMs: HANG_MS, onOutage: 'throw' });
  const used = LIMIT - (await new RemoteRateLimiter({ limit: LIMIT, windowSeconds: 3600, engine }).remaining('k'));
  client.disconnect();
  expect(used).toBeGreaterThanOrEqual(allowed);
  expect(used).toBeLessThanOrEqual(allowed + unknown);
}

withServers('a connection', () => {
  describe.each(KINDS)('of %s', (kind) => {
    it('that adds 50 ms decides within a longer deadline', async () => {
      const { server, proxy } = await serverAndProxy();
      const given = await limiterOn(kind, proxy.port, { deadlineMs: HANG_MS });
      await given.decides();
      proxy.delay(50);
      await Promise.all(Array.from({ length: 20 }, given.call));
      expect(given.counts).toEqual({ allowed: 20, unknown: 0 });
      await expectCounted(server.port, given.counts);
    });

    it('that adds 50 ms is an outage where the deadline is 10 ms, and nothing is asked twice', async () => {
      const { server, proxy } = await serverAndProxy();
      const given = await limiterOn(kind, proxy.port, { deadlineMs: 10 });
      await given.decides();
      proxy.delay(50);
      for (let i = 0; i < 20; i++) expect(await given.call()).toBe(true);
      proxy.delay(0);
      await given.decides();
      await expectCounted(server.port, given.counts);
    });

    it.each(['request', 'reply'] as const)(
      'that is cut in the middle of a %s counts nothing twice',
      async (direction) => {
        const { server, proxy } = await serverAndProxy();
        const given = await limiterOn(kind, proxy.port, { deadlineMs: HANG_MS });
        await given.decides();
        for (let round = 0; round < 5; round++) {
          proxy.cut(direction);
          await Promise.all([given.call(), given.call()]);
          await given.decides();
        }
        await expectCounted(server.port, given.counts);
      },
    );
  });
});

withServers('a server that loads its data', () => {
  // ioredis looks again after some seconds.
  it.each(process.env.CI === 'true' ? KINDS : ['redis 6'])('is an outage until it has, with %s', async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-loading-'));
    open.push(() => rmSync(folder, { recursive: true }));
    const port = await freePort();
    const files = ['--dir', folder, '--port', String(port), '--bind', '127.0.0.1', '--save', ''];
    const first = await launch(port, files);
    const filler = new Redis(port, '127.0.0.1');
    const given = await limiterOn(kind, port, { deadlineMs: 50 });
    await given.decides();
    await given.call();
    const data = 'x'.repeat(2000);
    await filler.mset(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`filler ${i}`, data])));
    await filler.call('SAVE');
    filler.disconnect();
    await first.kill();
    // A key at a time, looking for commands after each: for a minute, or until it is told to hurry.
    const slow = [
      '--key-load-delay',
      '30000',
      '--loading-process-events-interval-bytes',
      '1024',
      '--rdbcompression',
      'no',
    ];
    const second = await launch(port, [...files, ...slow], /Loading RDB produced/);
    open.push(() => second.kill());
    for (let i = 0; i < 20; i++) expect(await given.call()).toBe(true);
    const direct = new Redis(port, '127.0.0.1', { enableReadyCheck: false });
    open.push(() => direct.disconnect());
    expect(await direct.info('persistence')).toContain('loading:1');
    await direct.config('SET', 'key-load-delay', '0');
    await given.decides();
    for (let i = 0; i < 20; i++) await given.call();
    await expectCounted(port, given.counts);
  });
});
