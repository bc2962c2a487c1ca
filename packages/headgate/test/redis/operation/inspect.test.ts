import { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { memory, RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { CLIENTS } from '../clients/clients.js';
import { startServer, withServers } from '../setup/servers.js';
import { closedAfterEach } from '../setup/waiting.js';

const LONG_MS = 60_000;
const SLIDING = { limit: 100, windowSeconds: 60, algorithm: 'sliding-window' } as const;

const open = closedAfterEach();

async function server(args: readonly string[] = []) {
  const started = await startServer(args);
  open.push(() => started.kill());
  const direct = new Redis(started.port, '127.0.0.1');
  open.push(() => direct.disconnect());
  return { ...started, direct };
}

async function clientOn(kind: string, port: number): Promise<unknown> {
  const { client, close } = await (CLIENTS[kind] as (typeof CLIENTS)[string])(port);
  open.push(close);
  return client;
}

withServers('inspect', () => {
  it.each(Object.keys(CLIENTS))('tells how the server stands, with %s', async (kind) => {
    const { port } = await server();
    const engine = redis(await clientOn(kind, port), { prefix: 'p:', deadlineMs: LONG_MS, rememberDenialsMs: LONG_MS });
    const limiter = new RemoteRateLimiter({ limit: 1, windowSeconds: 60, engine });
    // A REST gateway has no connection to tell of yet.
    const fresh = await vi.waitFor(
      async () => {
        const told = await limiter.inspect({ deadlineMs: LONG_MS, key: 'k' });
        expect(told.unknown).toEqual({});
        return told;
      },
      { timeout: LONG_MS, interval: 20 },
    );
    expect(fresh).toEqual({
      backend: 'redis',
      policies: limiter.policies,
      prefix: 'p:',
      server: {
        product: expect.stringMatching(/^(redis|valkey)$/),
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        redisVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        isCluster: false,
      },
      memory: { usedBytes: expect.any(Number), maxBytes: 0, evictionPolicy: 'noeviction' },
      replication: { role: 'primary', replicas: 0, lagSeconds: undefined, behindBytes: undefined },
      clock: { offsetMs: expect.any(Number), withinMs: expect.any(Number) },
      latency: { minMs: expect.any(Number), medianMs: expect.any(Number) },
      scripts: [
        { sha: expect.stringMatching(/^[0-9a-f]{40}$/), isLoaded: false },
        { sha: expect.stringMatching(/^[0-9a-f]{40}$/), isLoaded: false },
      ],
      breaker: { isOpen: false, openSince: undefined, lastError: undefined },
      rememberedDenials: 0,
      key: { name: 'p:k', bytes: 0 },
      warnings: [],
      unknown: {},
    });
    const { clock, latency } = fresh;
    // One machine has one clock.
    expect(Math.abs(clock?.offsetMs as number)).toBeLessThanOrEqual(clock?.withinMs as number);
    expect(latency?.medianMs).toBeGreaterThanOrEqual(latency?.minMs as number);
    for (let i = 0; i < 2; i++) await limiter.allow('k');
    const later = await limiter.inspect({ deadlineMs: LONG_MS, key: 'k' });
    expect(later.rememberedDenials).toBe(1);
    expect(later.key?.bytes).toBeGreaterThan(20);
    expect(later.scripts?.filter(({ isLoaded }) => isLoaded)).toHaveLength(1);
  });
});

withServers('the server', () => {
  it('that evicts keys is warned of once for each client, with the first call that it decides', async () => {
    const { port, direct } = await server(['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru']);
    const client = await clientOn('ioredis 6', port);
    const warn = vi.fn();
    const [one, other] = [1, 2].map((i) => {
      const engine = redis(client, { prefix: `${i}:`, deadlineMs: LONG_MS, warn });
      return new RemoteRateLimiter({ limit: 9, windowSeconds: 60, engine });
    }) as [RemoteRateLimiter, RemoteRateLimiter];
    await Promise.all([one.allow('k'), other.allow('k')]);
    await other.allow('k');
    const { warnings } = await other.inspect({ deadlineMs: LONG_MS });
    expect(warnings).toEqual([expect.stringContaining('maxmemory-policy allkeys-lru')]);
    expect(warn.mock.calls).toEqual([warnings]);

    await direct.config('SET', 'maxmemory-policy', 'noeviction');
    expect((await other.inspect({ deadlineMs: LONG_MS })).warnings).toEqual([]);
  });

  it('that may not be asked is not, and the calls do not see it', async () => {
    const { port, direct } = await server(['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru']);
    await direct.call(
      'ACL',
      'SETUSER',
      'app',
      'on',
      '>secret',
      '~*',
      ...'+eval +evalsha +get +mget +set +del +time'.split(' '),
    );
    const client = new Redis({ port, username: 'app', password: 'secret', enableReadyCheck: false });
    open.push(() => client.disconnect());
    const warn = vi.fn();
    const engine = redis(client, { deadlineMs: LONG_MS, onOutage: 'throw', warn });
    const limiter = new RemoteRateLimiter({ limit: 1, windowSeconds: 60, engine });
    expect(await limiter.allow('k')).toBe(true);
    const {
      server: facts,
      memory: bytes,
      replication,
      key,
      unknown,
      ...told
    } = await limiter.inspect({
      deadlineMs: LONG_MS,
      key: 'k',
    });
    expect([facts, bytes, replication, key]).toEqual([undefined, undefined, undefined, undefined]);
    const why = (command: string) => expect.stringMatching(new RegExp(`^${command}: .*(ACL|can't run this command)`));
    expect(unknown).toEqual({
      server: why('INFO server'),
      memory: why('INFO memory'),
      replication: why('INFO replication'),
      key: why('MEMORY USAGE'),
    });
    expect(told).toMatchObject({ warnings: [], latency: { minMs: expect.any(Number) }, scripts: [{}, {}] });
    expect(warn).not.toHaveBeenCalled();
  });

  it('that is a replica tells so, and its primary has one', async () => {
    const primary = await server();
    const replica = await server(['--replicaof', `127.0.0.1 ${primary.port}`]);
    const of = async (port: number) => {
      const engine = redis(await clientOn('ioredis 6', port), { deadlineMs: LONG_MS });
      return () => new RemoteRateLimiter({ limit: 1, windowSeconds: 60, engine }).inspect({ deadlineMs: LONG_MS });
    };
    const [first, second] = [await of(primary.port), await of(replica.port)];
    await vi.waitFor(
      async () =>
        expect((await first()).replication).toEqual({
          role: 'primary',
          replicas: 1,
          lagSeconds: expect.any(Number),
          behindBytes: expect.any(Number),
        }),
      { timeout: LONG_MS, interval: 20 },
    );
    const { replication, warnings } = await second();
    expect(replication).toMatchObject({ role: 'replica', lagSeconds: expect.any(Number) });
    expect(warnings).toEqual([expect.stringContaining('the server is a replica')]);
  });

  it('that does not answer is told by the deadline, with what opened the breaker', async () => {
    const { port, process } = await server();
    const engine = redis(await clientOn('ioredis 6', port), { deadlineMs: 20 });
    const limiter = new RemoteRateLimiter({ limit: 9, windowSeconds: 60, engine });
    await vi.waitFor(async () => expect(await limiter.check('k')).not.toHaveProperty('degraded'), { timeout: LONG_MS });
    expect(limiter.stats().isDegraded).toBe(false);
    process.kill('SIGSTOP');
    open.push(() => process.kill('SIGCONT'));
    for (let i = 0; i < 3; i++) await limiter.allow('k');
    const { breaker, unknown, latency } = await limiter.inspect({ deadlineMs: 50 });
    expect(breaker).toEqual({ isOpen: true, openSince: expect.any(Date), lastError: expect.any(Error) });
    expect(limiter.stats().isDegraded).toBe(true);
    expect(latency).toBeUndefined();
    const why = 'there was no time left for an answer';
    expect(unknown).toEqual({ server: why, memory: why, replication: why, clock: why, latency: why, scripts: why });
  });
});

describe('inspect', () => {
  it('of the engine in memory tells that there is no server', async () => {
    const limiter = new RemoteRateLimiter({ ...SLIDING, engine: memory() });
    expect(await limiter.inspect()).toEqual({
      backend: 'memory',
      policies: limiter.policies,
      warnings: [],
      unknown: {},
    });
  });

  it('refuses bad arguments', async () => {
    const limiter = new RemoteRateLimiter({ ...SLIDING, engine: memory() });
    await expect(limiter.inspect({ deadlineMs: 0 })).rejects.toThrow('deadlineMs must be a whole number from 1');
    await expect(limiter.inspect({ key: 7 as never })).rejects.toThrow('key must be a string');
    await expect(limiter.inspect({ keys: 'k' } as never)).rejects.toThrow('unknown option "keys"');
  });
});
