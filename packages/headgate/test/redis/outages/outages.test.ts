import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../../../scripts/free-port.mjs';
import { type RedisOptions, RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { CLIENTS } from '../clients/clients.js';
import { startServer, withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { closedAfterEach, HANG_MS, until } from '../setup/waiting.js';

noUnhandledRejections();

const KINDS = Object.keys(CLIENTS).filter((name) => name !== 'evalsha and eval');

const open = closedAfterEach();

async function server(args: readonly string[] = [], port?: number) {
  const started = await startServer(args, port);
  open.push(() => started.kill());
  return started;
}

async function limiterOn(kind: string, port: number, options: RedisOptions = {}) {
  const { client, close } = await (CLIENTS[kind] as (typeof CLIENTS)[string])(port);
  open.push(close);
  const [onDegraded, onRecovered] = [vi.fn(), vi.fn()];
  const engine = redis(client, { deadlineMs: 50, onDegraded, onRecovered, ...options });
  const limiter = new RemoteRateLimiter({ limit: 1000, windowSeconds: 3600, engine });
  /** The server decides: each outage was told, and its end; none of before is counted from now on. */
  const decides = async () => {
    await until(async () => expect(await limiter.check('probe')).not.toHaveProperty('degraded'));
    // As often as the breaker opened: a call that is late opens it too, and no test depends on the machine's speed.
    expect(onRecovered).toHaveBeenCalledTimes(onDegraded.mock.calls.length);
    for (const told of [onDegraded, onRecovered]) told.mockClear();
  };
  return { limiter, decides, onDegraded, onRecovered };
}

/** Calls until the breaker is open, and answers how many were needed. */
async function opens({ limiter, onDegraded }: Awaited<ReturnType<typeof limiterOn>>): Promise<number> {
  let calls = 0;
  await until(async () => {
    calls++;
    await limiter.check('k');
    expect(onDegraded).toHaveBeenCalledTimes(1);
  });
  return calls;
}

/** What the server has of a key, by a client of its own. */
async function usedOf(port: number, key: string): Promise<number> {
  const client = new Redis(port, '127.0.0.1');
  const engine = redis(client, { deadlineMs: HANG_MS, onOutage: 'throw' });
  const { remaining } = await new RemoteRateLimiter({ limit: 1000, windowSeconds: 3600, engine }).peek(key);
  client.disconnect();
  return 1000 - remaining;
}

withServers('outages', () => {
  describe.each(KINDS)('with %s', (kind) => {
    it('a server that is down at the start is as one that goes down later', async () => {
      const port = await freePort();
      const given = await limiterOn(kind, port);
      expect(await given.limiter.check('k')).toMatchObject({ allowed: true, degraded: true, remaining: 999 });
      await opens(given);
      expect(given.onDegraded).toHaveBeenCalledWith(expect.any(Error));
      const { degraded } = given.limiter.stats();
      await server([], port);
      await given.decides();
      // Nothing of the outage is executed afterwards.
      expect(await usedOf(port, 'k')).toBe(0);
      expect(degraded).toBeGreaterThan(0);
    });

    it('one that is killed and started again decides again, and what was counted without it is not counted there', async () => {
      const first = await server();
      const given = await limiterOn(kind, first.port);
      await given.decides();
      await first.kill();
      // A client that has not seen it yet keeps what it was given, and sends it later.
      const inFlight = await opens(given);
      for (let i = 0; i < 500; i++) expect(await given.limiter.allow('k')).toBe(true);
      await server([], first.port);
      await given.decides();
      expect(await usedOf(first.port, 'k')).toBeLessThanOrEqual(inFlight);
    });

    it('one that is paused: calls are answered by then, and no more than those in flight are executed after it', async () => {
      const { port, process } = await server();
      const given = await limiterOn(kind, port);
      await given.decides();
      process.kill('SIGSTOP');
      open.push(() => process.kill('SIGCONT'));
      let inFlight = 0;
      while (given.onDegraded.mock.calls.length === 0) {
        inFlight++;
        expect(await given.limiter.check('k')).toMatchObject({ degraded: true });
      }
      for (let i = 0; i < 500; i++) await given.limiter.allow('k');
      process.kill('SIGCONT');
      await given.decides();
      expect(await usedOf(port, 'k')).toBeLessThanOrEqual(inFlight);
    });

    it('one that is out of memory, or a replica that may only be read, is an outage', async () => {
      const { port } = await server();
      const direct = new Redis(port, '127.0.0.1');
      open.push(() => direct.disconnect());
      const given = await limiterOn(kind, port);
      await given.decides();
      for (const [fault, cure] of [
        [() => direct.config('SET', 'maxmemory', '1'), () => direct.config('SET', 'maxmemory', '0')],
        [() => direct.replicaof('127.0.0.1', 1), () => direct.replicaof('NO', 'ONE')],
      ] as const) {
        given.onDegraded.mockClear();
        await fault();
        await opens(given);
        expect(String(given.onDegraded.mock.calls[0]?.[0])).toMatch(/OOM|READONLY/);
        await cure();
        await given.decides();
      }
    });

    it('loses nothing and counts nothing twice where clients are killed and scripts flushed under load', async () => {
      const { port } = await server();
      const direct = new Redis(port, '127.0.0.1');
      open.push(() => direct.disconnect());
      const given = await limiterOn(kind, port, { deadlineMs: HANG_MS, onOutage: 'closed' });
      await given.decides();
      const id = await direct.client('ID');
      let [allowed, unknown] = [0, 0];
      for (let round = 0; round < 30; round++) {
        const calls = Array.from({ length: 10 }, () => given.limiter.check('k'));
        if (round % 3 === 0) await direct.script('FLUSH');
        if (round % 5 === 0)
          for (const other of String(await direct.client('LIST')).matchAll(/^id=(\d+)/gm))
            if (Number(other[1]) !== id) await direct.client('KILL', 'ID', other[1] as string).catch(() => undefined);
        for (const answer of await Promise.all(calls)) {
          if (answer.degraded) unknown++;
          else if (answer.allowed) allowed++;
        }
      }
      const used = await usedOf(port, 'k');
      expect(used).toBeGreaterThanOrEqual(allowed);
      expect(used).toBeLessThanOrEqual(allowed + unknown);
    });

    it('executes nothing twice where a connection is cut before the answer has come', async () => {
      const { port } = await server();
      const cut = await cutting(port);
      open.push(cut.close);
      const given = await limiterOn(kind, cut.port, { deadlineMs: HANG_MS, onOutage: 'closed' });
      await given.decides();
      let calls = 0;
      for (let round = 0; round < 5; round++) {
        cut.next();
        await given.limiter.check('k');
        calls++;
        await given.decides();
      }
      expect(await usedOf(port, 'k')).toBeLessThanOrEqual(calls);
    });
  });
});

describe('without the server', () => {
  it.each([
    ['open', [true, true, true]],
    ['closed', [false, false, false]],
    ['local', [true, true, false]],
  ] as const)("`onOutage: '%s'` decides", async (onOutage, expected) => {
    const client = { evalsha: fails, eval: fails };
    const engine = redis(client, { onOutage, expectedInstances: 4, warn: () => {} });
    const limiter = new RemoteRateLimiter({ limit: 8, windowSeconds: 60, track: true, engine });
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await limiter.allow('k'));
    expect(answers).toEqual(expected);
    expect(limiter.stats()).toMatchObject({ degraded: 3, totalChecks: 3 });
    const reservation = await limiter.reserve('other');
    expect(reservation.decision.degraded).toBe(true);
    if (reservation.decision.allowed) expect(await reservation.commit(0)).toMatchObject({ degraded: true });
  });

  it("`onOutage: 'throw'` says why", async () => {
    const engine = redis({ evalsha: fails, eval: fails }, { onOutage: 'throw' });
    const limiter = new RemoteRateLimiter({ limit: 8, windowSeconds: 60, engine });
    await expect(limiter.allow('k')).rejects.toThrow('Redis did not decide: not today');
  });

  it.each([
    ['open', 1],
    ['closed', 1],
    ['local', 1],
    ['throw', 0], // each call says it
  ] as const)("an outage that nobody listens to is a warning, once: `onOutage: '%s'`", async (onOutage, warnings) => {
    const warn = vi.fn();
    const [unheard, heard] = [{ warn }, { warn, onDegraded: vi.fn() }].map((options) => {
      const engine = redis({ evalsha: fails, eval: fails }, { onOutage, ...options });
      return new RemoteRateLimiter({ limit: 8, windowSeconds: 60, engine });
    });
    for (let i = 0; i < 9; i++) await Promise.allSettled([unheard?.allow('k'), heard?.allow('k')]);
    expect(warn).toHaveBeenCalledTimes(warnings);
    if (warnings > 0) expect(warn).toHaveBeenCalledWith(expect.stringMatching(`${onOutage}.*not today.*onDegraded`));
  });

  it('asks the server no more after a few failures', async () => {
    const evalsha = vi.fn(fails);
    const engine = redis({ evalsha, eval: fails }, { warn: () => {} });
    const limiter = new RemoteRateLimiter({ limit: 8, windowSeconds: 60, engine });
    for (let i = 0; i < 100; i++) await limiter.allow('k');
    expect(evalsha).toHaveBeenCalledTimes(3);
  });

  async function fails(): Promise<never> {
    throw new Error('not today');
  }
});

/** A way to a server that, when it is told so, cuts the connection in the place of the next answer. */
async function cutting(to: number) {
  const sockets = new Set<Socket>();
  let cuts = false;
  const proxy = createServer((socket) => {
    const behind = connect(to, '127.0.0.1');
    for (const each of [socket, behind]) {
      sockets.add(each);
      each.on('error', () => undefined);
      each.on('close', () => {
        socket.destroy();
        behind.destroy();
      });
    }
    socket.pipe(behind);
    behind.on('data', (data) => {
      if (!cuts) socket.write(data);
      else {
        cuts = false;
        socket.destroy();
      }
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as { port: number }).port,
    next: () => {
      cuts = true;
    },
    close() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
