import { Redis as UpstashRedis } from '@upstash/redis';
import { Batch } from '@valkey/valkey-glide';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { createClient } from 'redis';
import { createClient as createClient5 } from 'redis5';
import { describe, expect, it } from 'vitest';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { startServer, withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { HANG_MS } from '../setup/waiting.js';

noUnhandledRejections();

const lazy = { lazyConnect: true } as const;
const upstash = { url: 'http://127.0.0.1:1', token: 't', enableTelemetry: false } as const;

describe('what is no client is refused, with what to give instead', () => {
  it.each<[string, () => unknown, string]>([
    ['undefined', () => undefined, 'got undefined'],
    ['null', () => null, 'got null'],
    ['an empty object', () => ({}), 'got an object'],
    ['half a client', () => ({ evalsha: () => undefined }), 'or have evalsha and eval'],
    ['an address', () => 'redis://localhost:6379', 'this is an address: give redis() a client that was made with it'],
    ['a URL', () => new URL('redis://localhost'), 'this is an address'],
    ['a class', () => Redis, 'this is the function Redis: give redis() what it makes'],
    ['a function that makes one', () => createClient, 'give redis() what it makes'],
    ['a promise of one', () => Promise.resolve(new Redis(lazy)), 'this is a promise: await it'],
    ['a pipeline of ioredis', () => new Redis(lazy).pipeline(), 'this is a pipeline or transaction'],
    ['a transaction of ioredis 5', () => new Redis5(lazy).multi(), 'this is a pipeline or transaction'],
    ['a transaction of node-redis', () => createClient().multi(), 'this is a pipeline or transaction'],
    ['a transaction of node-redis 5', () => createClient5().multi(), 'this is a pipeline or transaction'],
    ['a pipeline of Upstash', () => new UpstashRedis(upstash).pipeline(), 'this is a pipeline or transaction'],
    ['a batch of glide', () => new Batch(true), 'this is a pipeline or transaction'],
    ['a legacy client of node-redis', () => createClient().legacy(), 'this is a legacy client, which takes callbacks'],
  ])('%s', (_, make, told) => {
    expect(() => redis(make())).toThrow(TypeError);
    expect(() => redis(make())).toThrow(told);
  });
});

describe('a client that says nothing of use', () => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('thrown');
      },
    ],
    ['rejects with no error', () => Promise.reject(undefined)],
    ['rejects with a string', () => Promise.reject('no')],
    ['answers no promise', () => 5],
    ['answers a Map', async () => new Map([[1, 2]])],
    ['answers NaN', async () => [Number.NaN, 1, 0]],
    ['answers booleans', async () => [1, true, 0]],
  ])('%s: is an outage', async (_, answer) => {
    const client = { evalsha: answer, eval: answer };
    const limiter = new RemoteRateLimiter({
      limit: 5,
      windowSeconds: 60,
      engine: redis(client as never, { deadlineMs: HANG_MS }),
    });
    expect(await limiter.check('k')).toMatchObject({ degraded: true, allowed: true });
    expect(await limiter.allow('k')).toBe(true);
  });
});

withServers('a client that can not be used', () => {
  it.each<[string, (port: number) => Promise<[unknown, () => unknown]>, string]>([
    [
      'ioredis after quit()',
      async (port) => {
        const c = new Redis(port);
        await c.quit();
        return [c, () => undefined];
      },
      'the client is closed',
    ],
    [
      'ioredis 5 after disconnect()',
      async (port) => {
        const c = new Redis5(port);
        await c.ping();
        c.disconnect();
        await new Promise((end) => c.once('end', end));
        return [c, () => undefined];
      },
      'the client is closed',
    ],
    [
      'redis that was never connected',
      async (port) => [createClient({ url: `redis://127.0.0.1:${port}` }), () => undefined],
      'the client is closed, or was never told to connect',
    ],
    [
      'redis 5 after close()',
      async (port) => {
        const c = createClient5({ url: `redis://127.0.0.1:${port}` });
        await c.connect();
        await c.close();
        return [c, () => undefined];
      },
      'the client is closed',
    ],
    [
      'ioredis 5 in subscriber mode',
      async (port) => {
        const c = new Redis5(port);
        await c.subscribe('x');
        return [c, () => c.disconnect()];
      },
      'your client is in subscriber mode: give redis() another one',
    ],
    [
      'redis 5 in subscriber mode',
      async (port) => {
        const c = createClient5({ url: `redis://127.0.0.1:${port}` });
        await c.connect();
        await c.subscribe('x', () => undefined);
        return [c, () => c.destroy()];
      },
      'your client is in subscriber mode',
    ],
  ])('%s: says what to do', async (_, make, told) => {
    const server = await startServer();
    const [client, close] = await make(server.port);
    const engine = redis(client, { deadlineMs: HANG_MS, onOutage: 'throw' });
    const error = await new RemoteRateLimiter({ limit: 1, windowSeconds: 60, engine })
      .check('k')
      .catch((reason) => reason);
    expect(String(error)).toContain(told);
    close();
    await server.kill();
  });
});
