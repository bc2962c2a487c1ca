import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { redis as redisOf, type ScriptClient } from '../../../src/redis/redis.js';
import { get, statuses } from '../../http/client.js';
import type { Running } from '../../http/framework.js';
import { withServers } from '../setup/servers.js';
import { type OnRedis, onRedis } from './on-redis.js';
import { PEERS, type StartPeer, VARIANTS, type Where } from './peers.js';

const WINDOW_MS = 10_000;
const TOLD = /limit|remaining|reset|retry-after/;

withServers('stores on Redis', () => {
  let redis: OnRedis;
  beforeAll(async () => {
    redis = await onRedis();
  });
  afterAll(() => redis.close());

  for (const [name, start] of Object.entries({ ...PEERS, ...VARIANTS }))
    describe(name, () => tellsTheSame(start, () => redis));
  for (const [name, start] of Object.entries(PEERS)) describe(name, () => rules(start, () => redis));
});

function tellsTheSame(start: StartPeer, redis: () => OnRedis): void {
  const { started } = servers(start);

  it('tells clients the same as in memory', async () => {
    // Some peers take the end of the window as a date, and work out by Date.now how far it is away.
    vi.useFakeTimers({ toFake: ['Date'] });
    const clock = new ManualClock(1_000_000);
    const urls = [await started(2, { clock }), await started(2, { engine: redis().engine(() => clock.now()) })];
    const step = fc.tuple(fc.constantFrom(0, 0, 1, 3333, 9999, 10_000), fc.constantFrom('a', 'b'), fc.boolean());
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        made++;
        for (const [afterMs, client, fails] of steps) {
          clock.advance(afterMs);
          const [memory, remote] = await Promise.all(
            urls.map((url) => told(fails ? `${url}/fails` : url, `${made} ${client}`)),
          );
          expect(remote).toEqual(memory);
        }
      }),
      { numRuns: process.env.CI === 'true' ? 30 : 10 },
    );
  });
}

function rules(start: StartPeer, redis: () => OnRedis): void {
  const { started } = servers(start);

  it('four that have a connection each let through exactly the limit together', async () => {
    const clients = Array.from({ length: 4 }, () => new Redis(redis().server.port, '127.0.0.1'));
    const options = {
      prefix: `together-${Math.random()}:`,
      deadlineMs: 60_000,
      onOutage: 'throw',
    } as const;
    const urls = await Promise.all(clients.map((client) => started(30, { engine: redisOf(client, options) })));
    const all = await Promise.all(urls.map((url) => Promise.all(Array.from({ length: 15 }, () => get(url)))));
    expect(all.flat().filter(({ status }) => status === 200)).toHaveLength(30);
    for (const client of clients) client.disconnect();
  });

  it('grants nothing again where the clock of the server steps back, and locks out for one window at most', async () => {
    let nowMs = 1_000_000_000;
    const url = await started(2, { engine: redis().engine(() => nowMs) });
    expect(await statuses(url, 3)).toEqual([200, 200, 429]);
    nowMs -= 500_000;
    expect(await statuses(url, 1)).toEqual([429]);
    nowMs += WINDOW_MS - 1;
    expect(await statuses(url, 1)).toEqual([429]);
    nowMs += 1;
    expect(await statuses(url, 1)).toEqual([200]);
  });

  it.each([
    ['open', [200, 200, 200, 200]],
    ['closed', [429, 429, 429, 429]],
    ['local', [200, 200, 429, 429]],
    ['throw', undefined],
  ] as const)(
    "decides by `onOutage: '%s'` while the server fails, and by the server again afterwards",
    async (onOutage, expected) => {
      const { client, fails } = failing(redis().client);
      const onRecovered = vi.fn();
      const options = {
        prefix: `outage-${Math.random()}:`,
        deadlineMs: 60_000,
        onOutage,
        expectedInstances: 2,
        onRecovered,
      };
      const url = await started(4, { engine: redisOf(client, options) });
      expect(await statuses(url, 1)).toEqual([200]);
      fails(true);
      const seen = await statuses(url, 4);
      if (expected !== undefined) expect(seen).toEqual(expected);
      else for (const status of seen) expect(status).toBeGreaterThanOrEqual(500);
      fails(false);
      await vi.waitFor(() => expect(onRecovered).toHaveBeenCalled(), { timeout: 60_000 });
      expect(await statuses(url, 5, { 'x-client': 'afterwards' })).toEqual([200, 200, 200, 200, 429]);
      expect(await statuses(url, 4)).toEqual([200, 200, 200, 429]);
    },
  );
}

/** Those that a test has started, which end with it. */
function servers(start: StartPeer) {
  const running: Running[] = [];
  afterEach(async () => {
    vi.useRealTimers();
    for (const each of running.splice(0)) await each.close();
  });
  return {
    async started(limit: number, where: Where): Promise<string> {
      const server = await start(limit, WINDOW_MS, where);
      running.push(server);
      return server.url;
    },
  };
}

/** A client whose calls fail where that is said. */
function failing(direct: Redis) {
  let isDown = false;
  const unlessDown = async (call: () => Promise<unknown>) => {
    if (isDown) throw new Error('not today');
    return call();
  };
  const client: ScriptClient = {
    evalsha: (sha, keys, args) => unlessDown(() => direct.evalsha(sha, keys.length, ...keys, ...args)),
    eval: (script, keys, args) => unlessDown(() => direct.eval(script, keys.length, ...keys, ...args)),
  };
  return {
    client,
    fails(down: boolean) {
      isDown = down;
    },
  };
}

/** What a client is told. */
async function told(url: string, client: string): Promise<unknown> {
  const { status, headers } = await get(url, { 'x-client': client });
  return [status, Object.fromEntries(Object.entries(headers).filter(([name]) => TOLD.test(name)))];
}
