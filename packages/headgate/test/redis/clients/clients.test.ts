import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { serverWithClient, withServers } from '../setup/servers.js';
import { HANG_MS } from '../setup/waiting.js';
import { CLIENTS, type TestClient } from './clients.js';

withServers('clients', async () => {
  const { server, client: direct } = await serverWithClient();

  describe.each(Object.keys(CLIENTS))('a limiter on %s', (name) => {
    let opened: TestClient;
    beforeAll(async () => {
      opened = await (CLIENTS[name] as (typeof CLIENTS)[string])(server.port);
      await direct.flushall();
    });
    afterAll(() => opened.close());

    /** No test is about how long a server takes. */
    const limiterOf = (limit: number, options = {}) =>
      new RemoteRateLimiter({
        limit,
        windowSeconds: 60,
        engine: redis(opened.client, { prefix: `${limit}:`, deadlineMs: HANG_MS, onOutage: 'throw', ...options }),
      });

    it('admits exactly the limit of calls made at once, in their order', async () => {
      const limiter = limiterOf(10);
      const answers = await Promise.all(Array.from({ length: 25 }, () => limiter.allow('k')));
      expect(answers).toEqual(Array.from({ length: 25 }, (_, i) => i < 10));
      expect(limiter.stats()).toMatchObject({ allowed: 10, blocked: 15, totalChecks: 25, degraded: 0 });
    });

    it('goes on after its script was flushed', async () => {
      const limiter = limiterOf(11);
      expect(await limiter.allow('k')).toBe(true);
      await direct.script('FLUSH');
      expect((await limiter.check('k')).remaining).toBe(9);
    });

    it('answers what a limiter in memory does, call by call', async () => {
      const limiter = limiterOf(12);
      expect(await limiter.check('a', 5)).toMatchObject({ allowed: true, remaining: 7, policy: 'default' });
      expect(await limiter.peek('a', 8)).toMatchObject({ allowed: false, remaining: 7 });
      expect(await limiter.remaining('a')).toBe(7);
      expect([...(await limiter.allowMany(['a', 'b', 'a'], 4))]).toEqual([1, 1, 0]);
      const reservation = await limiter.reserve('c', 10);
      expect((await reservation.commit(3)).remaining).toBe(9);
      await expect(reservation.commit(3)).rejects.toThrow('was settled by commit(3) already');
      expect([await limiter.block('d', 1000), await limiter.allow('d')]).toEqual([true, false]);
      expect([await limiter.reset('d'), await limiter.reset('d'), await limiter.allow('d')]).toEqual([
        true,
        false,
        true,
      ]);
      await limiter.clear();
      expect(await limiter.remaining('a')).toBe(12);
      limiter.update({ limit: 3 });
      expect((await limiter.check('a')).limit).toBe(3);
    });

    it('leaves a key alone that another program wrote, and names it', async () => {
      const limiter = limiterOf(13);
      await direct.lpush('13:list', 'x');
      await direct.set('13:text', 'not ours');
      const calls = [limiter.allow('list'), limiter.check('text'), limiter.allow('own')];
      const answers = await Promise.allSettled(calls);
      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
      expect(String((answers[0] as PromiseRejectedResult).reason)).toContain(
        'the key "13:list" was written by another',
      );
      expect([await direct.lrange('13:list', 0, -1), await direct.get('13:text')]).toEqual([['x'], 'not ours']);
    });

    it('gives every key a time to live, and one that lost it gets it back', async () => {
      const limiter = limiterOf(14);
      await limiter.allow('k');
      expect(await direct.pttl('14:k')).toBeGreaterThan(60_000);
      await direct.persist('14:k');
      await limiter.allow('k');
      expect(await direct.pttl('14:k')).toBeGreaterThan(60_000);
      for (const key of await direct.keys('*')) if (!/^13:/.test(key)) expect(await direct.pttl(key), key).not.toBe(-1);
    });

    it('answers a denied key without the server, until its window ends or another reset it', async () => {
      const limiter = limiterOf(1, { prefix: 'denied:', rememberDenialsMs: 60_000 });
      await limiter.allow('k');
      const denied = await limiter.check('k');
      const before = await commands();
      for (let i = 0; i < 100; i++) expect(await limiter.allow('k')).toBe(false);
      const again = await limiter.check('k');
      expect(await commands()).toBe(before);
      expect(again.retryAfterMs).toBeLessThanOrEqual(denied.retryAfterMs);
      expect(limiter.stats()).toMatchObject({ allowed: 1, blocked: 102 });
      await limiter.reset('k');
      expect(await limiter.allow('k')).toBe(true);
    });

    /** Scripts that the server has run. */
    async function commands(): Promise<string> {
      const calls = (await direct.info('commandstats')).match(/cmdstat_evalsha:calls=(\d+)/);
      return calls?.[1] ?? '0';
    }
  });
});

describe('a client', () => {
  it.each([[undefined], [null], [{}], ['redis://localhost'], [{ evalsha: () => undefined }]])(
    'that is none is refused: %s',
    (client) => {
      expect(() => redis(client)).toThrow('client must be a client of Redis');
    },
  );

  it.each([
    [{ prefix: 'a{b' }, 'prefix must have no braces'],
    [{ prefix: 'a b' }, 'prefix must have no braces, spaces'],
    [{ deadlineMs: 0 }, 'deadlineMs must be'],
    [{ onOutage: 'maybe' }, 'onOutage must be'],
    [{ expectedInstances: 1.5 }, 'expectedInstances must be'],
    [{ onDegraded: 5 }, 'onDegraded must be a function, got 5'],
    [{ deadline: 5 }, 'there is no option deadline of redis()'],
  ])('with bad options %j is refused', (options, message) => {
    const client = { evalsha: async () => [], eval: async () => [] };
    expect(() => redis(client, options as never)).toThrow(message);
  });

  it.each([
    ['no list', 'OK'],
    ['no numbers', [1, 'x']],
    ['too few', [1]],
  ])('whose reply is %s is a failure, and nothing else is', async (_, reply) => {
    const client = { evalsha: async () => reply, eval: async () => reply };
    const limiter = new RemoteRateLimiter({ limit: 1, windowMs: 1000, engine: redis(client, { onOutage: 'throw' }) });
    await expect(limiter.check('k')).rejects.toThrow('the server must answer');
    await expect(limiter.allow('k')).rejects.toThrow('the server must answer');
  });

  it.each(['maxKeys', 'onFull', 'clock', 'shared'])('takes no %s', (name) => {
    const engine = redis({ evalsha: async () => [], eval: async () => [] });
    expect(() => new RemoteRateLimiter({ limit: 1, windowMs: 1, engine, [name]: 'x' } as never)).toThrow(name);
  });
});
