import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LeaseOptions, RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { startServer, type TestServer, withServers } from '../setup/servers.js';

withServers('leases', () => {
  let server: TestServer;
  const clients: Redis[] = [];
  let made = 0;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server.kill();
  });

  /** Limiters on one set of counters, each with a client of its own that counts what is sent. */
  function limiters(count: number, limit: number, leases: LeaseOptions = {}, policy = {}) {
    const prefix = `${++made}:`;
    return Array.from({ length: count }, () => {
      const client = new Redis(server.port, '127.0.0.1');
      clients.push(client);
      const sent = { calls: 0 };
      const counting = {
        evalsha: (sha: string, keys: string[], args: string[]) => {
          sent.calls++;
          return client.evalsha(sha, keys.length, ...keys, ...args);
        },
        eval: (script: string, keys: string[], args: string[]) => client.eval(script, keys.length, ...keys, ...args),
      };
      const options = { prefix, deadlineMs: 60_000, onOutage: 'throw', rememberDenialsMs: 0 } as const;
      const engine = redis(counting, { ...options, expectedInstances: count, leases: { fromPerSecond: 1, ...leases } });
      return { limiter: new RemoteRateLimiter({ limit, windowSeconds: 3600, engine, ...policy }), sent };
    });
  }

  it.each(['fixed-window', 'sliding-window'] as const)(
    'four limiters admit exactly the limit in a %s',
    async (algorithm) => {
      const all = limiters(4, 1000, {}, { algorithm });
      const counts = await Promise.all(
        all.map(async ({ limiter }) => {
          let allowed = 0;
          while (await limiter.allow('k')) allowed++;
          expect(limiter.stats()).toMatchObject({ allowed, blocked: 1, totalChecks: allowed + 1, degraded: 0 });
          return allowed;
        }),
      );
      expect(counts.reduce((sum, each) => sum + each, 0)).toBe(1000);
      expect(all.reduce((sum, { sent }) => sum + sent.calls, 0)).toBeLessThan(500);
    },
  );

  it('every other call of the key finds all that its process has', async () => {
    const [{ limiter, sent }] = limiters(1, 100) as [ReturnType<typeof limiters>[0]];
    const take = async (calls: number) => {
      for (let i = 0; i < calls; i++) expect(await limiter.allow('k')).toBe(true);
    };
    await take(30);
    expect(sent.calls).toBeLessThan(20);
    expect(await limiter.peek('k', 70)).toMatchObject({ allowed: true, remaining: 70 });
    await take(10);
    expect(await limiter.remaining('k')).toBe(60);
    await take(10);
    const reservation = await limiter.reserve('k', 50);
    expect(reservation.decision).toMatchObject({ allowed: true, remaining: 0 });
    expect(await limiter.allow('k')).toBe(false);
    expect(await reservation.cancel()).toMatchObject({ remaining: 50 });
    await take(10);
    expect(await limiter.check('k', 40, { limit: 90 })).toMatchObject({ allowed: false, remaining: 30 });
    expect(await limiter.check('k', 41)).toMatchObject({ allowed: false });
    expect(await limiter.check('k', 40)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('`reset`, `clear` and `block` are seen at once in the process that calls them', async () => {
    const [{ limiter }] = limiters(1, 20) as [ReturnType<typeof limiters>[0]];
    const use = async () => {
      let allowed = 0;
      for (let i = 0; i < 9; i++) if (await limiter.allow('k')) allowed++;
      return allowed;
    };
    expect(await use()).toBe(9);
    expect(await limiter.reset('k')).toBe(true);
    expect(await limiter.remaining('k')).toBe(20);
    expect(await use()).toBe(9);
    await limiter.clear();
    expect(await limiter.remaining('k')).toBe(20);
    expect(await use()).toBe(9);
    expect(await limiter.block('k', 60_000)).toBe(true);
    expect(await use()).toBe(0);
  });

  it('after `update` the new numbers decide, on what was used', async () => {
    const [{ limiter }] = limiters(1, 100) as [ReturnType<typeof limiters>[0]];
    for (let i = 0; i < 20; i++) await limiter.allow('k');
    limiter.update({ limit: 25 });
    let allowed = 0;
    while (await limiter.allow('k')) allowed++;
    expect(allowed).toBe(5);
  });

  it('a decision by a lease says what is left', async () => {
    const [{ limiter }] = limiters(1, 50) as [ReturnType<typeof limiters>[0]];
    for (let left = 49; left >= 0; left--) {
      const told = await limiter.check('k');
      expect(told).toMatchObject({ allowed: true, limit: 50, remaining: left, retryAfterMs: 0, policy: 'default' });
      expect(told.resetAfterMs).toBeGreaterThan(3_590_000);
    }
    expect(await limiter.check('k')).toMatchObject({ allowed: false, remaining: 0 });
  });

  it('without the server what is leased is used, and then `onOutage` decides, also of those who wait for a lease', async () => {
    const client = new Redis(server.port, '127.0.0.1');
    clients.push(client);
    let isDown = false;
    const fails = () => Promise.reject(new Error('not today'));
    const failing = {
      evalsha: (sha: string, keys: string[], args: string[]) =>
        isDown ? fails() : client.evalsha(sha, keys.length, ...keys, ...args),
      eval: (script: string, keys: string[], args: string[]) =>
        isDown ? fails() : client.eval(script, keys.length, ...keys, ...args),
    };
    const engine = redis(failing, {
      prefix: `${++made}:`,
      deadlineMs: 60_000,
      onOutage: 'closed',
      leases: { fromPerSecond: 3, mostMs: 60_000 },
    });
    const limiter = new RemoteRateLimiter({ limit: 1000, windowSeconds: 3600, engine });
    for (let i = 0; i < 3; i++) expect(await limiter.allow('k')).toBe(true);
    expect(await limiter.allow('k')).toBe(true); // by the lease that came with the third
    isDown = true;
    expect([await limiter.allow('k'), await limiter.allow('k')]).toEqual([true, true]);
    const answers = await Promise.all(Array.from({ length: 5 }, () => limiter.check('k')));
    expect(answers).toEqual(Array(5).fill(expect.objectContaining({ allowed: false, degraded: true })));
    expect(limiter.stats()).toMatchObject({ allowed: 6, blocked: 5, totalChecks: 11, degraded: 5 });
  });
});

describe('options of leases', () => {
  const client = { evalsha: async () => [], eval: async () => [] };
  it.each([
    [5, 'leases must be an object, got 5'],
    [{ mostUnits: 1 }, 'leases.mostUnits must be a whole number from 2 to 1000000, got 1'],
    [{ mostMs: 1.5 }, 'leases.mostMs must be a whole number from 10 to 60000, got 1.5'],
    [{ fromPerSecond: 0 }, 'leases.fromPerSecond must be a whole number from 1 to 1000000, got 0'],
    [{ units: 10 }, 'unknown option leases."units", with the value 10'],
  ])('refuses %o', (leases, message) => {
    expect(() => redis(client, { leases: leases as never })).toThrow(message);
  });

  it('refuses a token bucket, which would repay units before they are used', () => {
    const limits = [
      { name: 'a', limit: 5, windowSeconds: 1 },
      { name: 'b', limit: 5, windowSeconds: 1, algorithm: 'token-bucket' },
    ] as const;
    expect(() => new RemoteRateLimiter({ limits, engine: redis(client, { leases: {} }) })).toThrow(
      'policy "b" has algorithm \'token-bucket\'',
    );
  });
});
