import fastifyRateLimit from '@fastify/rate-limit';
import { ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import createFastify from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { memory, redis as redisOf } from '../../../src/redis/redis.js';
import { HeadgateStore } from '../../../src/stores/express-rate-limit.js';
import { headgateStore } from '../../../src/stores/fastify-rate-limit.js';
import type { ClientHits } from '../../../src/stores/hits/counting-store.js';
import { HeadgateThrottlerStorage } from '../../../src/stores/nestjs-throttler.js';
import { statuses } from '../../http/client.js';
import { startServer, withServers } from '../setup/servers.js';
import { type OnRedis, onRedis } from './on-redis.js';
import { PEERS, type StartPeer } from './peers.js';

const WINDOW_MS = 10_000;

withServers('calls on stores on Redis', () => {
  let redis: OnRedis;
  beforeAll(async () => {
    redis = await onRedis();
  });
  afterAll(() => redis.close());
  afterEach(() => void vi.useRealTimers());

  it('hits that are added, given back, read and forgotten are those of memory, many calls in one turn', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const clock = new ManualClock(1_000_000);
    const name = fc.constantFrom('increment', 'decrement', 'get', 'resetKey');
    const calls = fc.array(fc.tuple(name, fc.constantFrom('a', 'b')), { maxLength: 6 });
    const step = fc.record({ afterMs: fc.constantFrom(0, 1, 3333, 9999, 10_000), calls });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const inMemory = new HeadgateStore({ clock });
        const remote = new HeadgateStore({ engine: redis.engine(() => clock.now()) });
        for (const store of [inMemory, remote]) store.init({ windowMs: WINDOW_MS, limit: 2 });
        for (const { afterMs, calls } of steps) {
          clock.advance(afterMs);
          const expected = calls.map(([call, key]) => inMemory[call as 'get'](key));
          expect(await Promise.all(calls.map(([call, key]) => remote[call as 'get'](key)))).toEqual(expected);
        }
      }),
    );
  });

  it('resetAll forgets the keys of the prefix in all processes, and shutdown forgets none', async () => {
    const made = (prefix: string) => new HeadgateStore({ engine: redis.engine(undefined, { prefix }) });
    const [first, second, other] = [made('reset-all:'), made('reset-all:'), made('other:')];
    for (const store of [first, second, other]) {
      store.init({ windowMs: 3_600_000, limit: 2 });
      await store.increment('k');
    }
    first.shutdown();
    expect(await second.get('k')).toMatchObject({ totalHits: 2 });
    await first.resetAll();
    expect([await second.get('k'), (await other.get('k'))?.totalHits]).toEqual([undefined, 1]);
  });

  it('a key that another program wrote rejects the call, is named, and stays', async () => {
    await redis.client.set('foreign:!h:k', 'theirs');
    const store = new HeadgateStore({ engine: redis.engine(undefined, { prefix: 'foreign:' }) });
    const calls = await Promise.allSettled([store.increment('k'), store.increment('good'), store.decrement('k')]);
    expect(calls.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(String((calls[0] as PromiseRejectedResult).reason)).toContain(
      '"foreign:!h:k" was written by another program',
    );
    expect(await redis.client.get('foreign:!h:k')).toBe('theirs');
  });

  it('every key has a time to live, and is gone when it is forgotten', async () => {
    const store = new HeadgateStore({ engine: redis.engine(undefined, { prefix: 'ttl:' }) });
    store.init({ windowMs: WINDOW_MS, limit: 2 });
    await store.increment('k');
    const ttlMs = await redis.client.pttl('ttl:!h:k');
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(WINDOW_MS + 1000);
    await store.resetKey('k');
    expect(await redis.client.exists('ttl:!h:k')).toBe(0);
  });

  it('@fastify/rate-limit looks at a count without raising it, and counts its routes apart', async () => {
    const engine = redis.engine();
    const app = createFastify();
    await app.register(fastifyRateLimit, { max: 2, timeWindow: 3_600_000, store: headgateStore({ engine }) });
    const limit = app.createRateLimit();
    app.get('/look', { config: { rateLimit: false } }, async (request) => limit(request, { increment: false }));
    app.get('/', async () => 'ok');
    app.get('/own', { config: { rateLimit: { max: 1 } } }, async () => 'own');
    const seen = [];
    for (const url of ['/look', '/', '/look', '/look', '/own', '/own', '/', '/'])
      seen.push(
        await app.inject(url).then((answer) => (url === '/look' ? answer.json().remaining : answer.statusCode)),
      );
    expect(seen).toEqual([2, 200, 1, 1, 200, 429, 200, 429]);
    await app.close();
  });

  it('a server that is killed is an outage, and one that is started again decides again', async () => {
    const own = await startServer();
    const client = new Redis(own.port, '127.0.0.1', { retryStrategy: () => 20 });
    client.on('error', () => undefined);
    const onRecovered = vi.fn();
    const engine = redisOf(client, { deadlineMs: 2000, onRecovered });
    const http = await (PEERS['express-rate-limit'] as StartPeer)(2, 3_600_000, { engine });
    expect(await statuses(http.url, 3)).toEqual([200, 200, 429]);
    await own.kill();
    expect(await statuses(http.url, 5)).toEqual([200, 200, 429, 429, 429]);
    const again = await startServer([], own.port);
    await vi.waitFor(() => expect(onRecovered).toHaveBeenCalled(), { timeout: 60_000 });
    expect(await statuses(http.url, 3)).toEqual([200, 200, 429]);
    await http.close();
    client.disconnect();
    await again.kill();
  });
});

describe('a store with an engine', () => {
  it('answers promises, and one without answers at once', async () => {
    const now: ClientHits = new HeadgateStore().increment('k');
    const later: Promise<ClientHits> = new HeadgateStore({ engine: memory() }).increment('k');
    expect([now.totalHits, (await later).totalHits]).toEqual([1, 1]);
  });

  it('has no options of one in memory, and takes no engine that is none', () => {
    const engine = memory();
    expect(() => new HeadgateStore({ engine, maxKeys: 5 })).toThrow('maxKeys is an option of a store without engine');
    expect(() => headgateStore({ engine, clock: new ManualClock() })).toThrow('clock is an option of a store');
    expect(() => new HeadgateThrottlerStorage({ engine, backend: 'ts' })).toThrow('backend is an option of a store');
    expect(() => new HeadgateStore({ engine: {} as never })).toThrow(
      'engine must be redis(client) or memory(), got an object',
    );
    expect(() => new HeadgateStore({ engine: (() => undefined) as never })).toThrow('this one has no hits()');
  });
});
