import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { memory, type RedisOptions, RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { serverWithClient, withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';

noUnhandledRejections();

const PATIENT = { deadlineMs: 60_000, onOutage: 'throw', rememberDenialsMs: 0 } as const;

withServers('bad input', async () => {
  const { server, client } = await serverWithClient();

  const limiterOf = (options: RedisOptions, limit = 3, algorithm: 'fixed-window' | 'token-bucket' = 'fixed-window') =>
    new RemoteRateLimiter({ limit, windowSeconds: 60, algorithm, engine: redis(client, { ...PATIENT, ...options }) });

  it('identities of 1 MB are keys of their own, however far behind they differ, and take no more room than others', async () => {
    const limiter = limiterOf({ prefix: 'long:' });
    const long = 'x'.repeat(1 << 20);
    const keys = [long, `${long}a`, `${long}b`, `${long}\ud800`, `\u{1f600}${long}`];
    for (const left of [2, 1, 0])
      for (const key of keys) expect(await limiter.check(key)).toMatchObject({ allowed: true, remaining: left });
    for (const key of keys) expect(await limiter.allow(key)).toBe(false);
    // One more is headgate's own: it has the number of the last script call.
    const names = (await client.keys('long:*')).filter((name) => !name.startsWith('long:!'));
    expect(names).toHaveLength(keys.length);
    for (const name of names) expect(name.length).toBeLessThan(100);
  });

  describe.each([
    ['a hash', (key: string) => client.hset(key, 'a', '1')],
    ['a list', (key: string) => client.rpush(key, 'a')],
    ['a set', (key: string) => client.sadd(key, 'a')],
    ['a sorted set', (key: string) => client.zadd(key, 1, 'a')],
    ['a stream', (key: string) => client.xadd(key, '*', 'a', '1')],
    ['a string of 1 MB', (key: string) => client.set(key, 'x'.repeat(1 << 20))],
    ['an empty string', (key: string) => client.set(key, '')],
    ['a number', (key: string) => client.set(key, '42')],
  ] as const)('a key that another program wrote, %s', (kind, write) => {
    it.each(['fixed-window', 'token-bucket'] as const)(
      'is named and left alone, and all others of its script call are decided, by a %s',
      async (algorithm) => {
        await client.flushall();
        const limiter = limiterOf({ prefix: 'p:' }, 3, algorithm);
        const name = algorithm === 'fixed-window' ? 'p:theirs' : 'p:!t:theirs';
        await write(name);
        const before = await client.dump(name);
        const told = `the key ${JSON.stringify(name)} was written by another program`;
        for (const ask of ['allow', 'check', 'peek', 'reserve', 'remaining'] as const) {
          const [ours, theirs, also] = await Promise.allSettled(['a', 'theirs', 'b'].map((key) => limiter[ask](key)));
          expect([ours?.status, also?.status], `${kind}: ${ask}`).toEqual(['fulfilled', 'fulfilled']);
          expect(theirs).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(told) } });
        }
        await expect(limiter.block('theirs', 1000)).rejects.toThrow(told);
        expect(await client.dump(name)).toEqual(before);
        expect(limiter.stats().isDegraded).toBe(false);
      },
    );
  });

  it.each([
    ['empty', ''],
    ['of 100,000 characters', `${'p'.repeat(100_000)}:`],
    ['of what a pattern means', '*?[a-z]\\:'],
  ])('a prefix that is %s is one as any', async (_, prefix) => {
    await client.flushall();
    const [limiter, other] = [limiterOf({ prefix }), limiterOf({ prefix: 'other:' }, 4)];
    for (const left of [2, 1, 0]) expect(await limiter.check('k')).toMatchObject({ allowed: true, remaining: left });
    expect(await limiter.allow('k')).toBe(false);
    await other.allow('k');
    await limiter.clear();
    expect(await limiter.remaining('k')).toBe(3);
    expect(await other.remaining('k')).toBe(prefix === '' ? 4 : 3);
  });

  it('one engine given to two limiters is one set of counters, and what each of them is told is its own', async () => {
    const engine = redis(client, { ...PATIENT, prefix: 'twice:' });
    const [first, second] = [
      new RemoteRateLimiter({ limit: 3, windowSeconds: 60, engine }),
      new RemoteRateLimiter({ limit: 3, windowSeconds: 60, engine }),
    ];
    const answers = await Promise.all([first, second, first, second].map((limiter) => limiter.allow('k')));
    expect(answers.filter(Boolean)).toHaveLength(3);
    expect(first.stats().totalChecks).toBe(2);
    expect(second.stats().totalChecks).toBe(2);
    first.update({ limit: 5 });
    expect([first.policy.limit, second.policy.limit]).toEqual([5, 3]);
    expect(await first.remaining('k')).toBe(2);
    expect(await second.remaining('k')).toBe(0);
  });

  it('a client that is replaced by another goes on with what was counted, and the old one is left alone', async () => {
    const old = new Redis(server.port, '127.0.0.1');
    const limiterBy = (of: Redis) =>
      new RemoteRateLimiter({ limit: 3, windowSeconds: 60, engine: redis(of, { ...PATIENT, prefix: 'new:' }) });
    const before = limiterBy(old);
    await before.allow('k', 2);
    const after = limiterBy(client);
    expect(await after.remaining('k')).toBe(1);
    await old.quit();
    expect(await after.check('k')).toMatchObject({ allowed: true, remaining: 0 });
    await expect(before.allow('k')).rejects.toThrow(/closed/);
    expect(client.status).toBe('ready');
  });
});

describe('limits beyond what integers allow are refused when the limiter is made', () => {
  const engines = { redis: redis({ evalsha: never, eval: never }), memory: memory() };
  it.each<[string, object]>([
    ['limit', { limit: 2 ** 53, windowSeconds: 60 }],
    ['limit', { limit: Number.POSITIVE_INFINITY, windowSeconds: 60 }],
    ['limit', { limit: 1.5, windowSeconds: 60 }],
    ['limit', { limit: 2 ** 50, windowSeconds: 60, algorithm: 'token-bucket' }],
    ['burst', { limit: 10, windowSeconds: 3600, burst: 2 ** 45, algorithm: 'token-bucket' }],
    ['windowMs', { limit: 10, windowMs: 2 ** 53 }],
  ])('%s of %o', (name, options) => {
    for (const engine of Object.values(engines)) {
      const make = () => new RemoteRateLimiter({ ...options, engine } as never);
      expect(make).toThrow(RangeError);
      expect(make).toThrow(name);
      const value = (options as Record<string, number>)[name];
      expect(make).toThrow(new RegExp(String(value).replace(/[+.]/g, '\\$&')));
    }
  });

  async function never(): Promise<never> {
    return expect.unreachable('nothing is sent');
  }
});
