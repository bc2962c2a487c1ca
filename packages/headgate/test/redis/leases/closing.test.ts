import { expect, it } from 'vitest';
import { memory, RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { serverWithClient, withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { HANG_MS, until } from '../setup/waiting.js';

noUnhandledRejections();

const LIMIT = 1000;

withServers('leases that end', async () => {
  const { client: direct } = await serverWithClient();

  /** A leasing limiter, and another that holds nothing; answers are held back while `holds`. */
  function limiters(prefix: string, deadlineMs = HANG_MS) {
    const held = { holds: false, go: [] as (() => void)[] };
    const through = async (run: () => Promise<unknown>) => {
      const reply = await run();
      if (held.holds) await new Promise<void>((go) => held.go.push(go));
      return reply;
    };
    const client = {
      evalsha: (sha: string, keys: string[], args: string[]) =>
        through(() => direct.evalsha(sha, keys.length, ...keys, ...args)),
      eval: (script: string, keys: string[], args: string[]) =>
        through(() => direct.eval(script, keys.length, ...keys, ...args)),
    };
    const options = { prefix, deadlineMs, onOutage: 'open', rememberDenialsMs: 0 } as const;
    const policy = { limit: LIMIT, windowSeconds: 3600 };
    const leasing = redis(client, { ...options, leases: { fromPerSecond: 1, mostMs: HANG_MS } });
    const other = redis(direct, { ...options, deadlineMs: HANG_MS });
    return {
      limiter: new RemoteRateLimiter({ ...policy, engine: leasing }),
      other: new RemoteRateLimiter({ ...policy, engine: other }),
      held,
    };
  }

  it('`close()` gives back what is held, and leases nothing any more; calls are decided as ever', async () => {
    const { limiter, other } = limiters('close:');
    for (let i = 0; i < 20; i++) await limiter.allow('k');
    expect(await other.remaining('k')).toBeLessThan(LIMIT - 20);
    await limiter.close();
    expect(await other.remaining('k')).toBe(LIMIT - 20);
    for (let i = 1; i <= 20; i++) {
      expect(await limiter.allow('k')).toBe(true);
      expect(await other.remaining('k')).toBe(LIMIT - 20 - i);
    }
    await limiter.close();
    expect(limiter.stats()).toMatchObject({ allowed: 40, degraded: 0 });
  });

  it('one that is on its way while the limiter is closed is given back', async () => {
    const { limiter, other } = limiters('way:');
    const calls = Array.from({ length: 20 }, () => limiter.allow('k'));
    await limiter.close();
    expect(await other.remaining('k')).toBe(LIMIT - 20);
    expect(await Promise.all(calls)).not.toContain(false);
  });

  it('`await using` closes', async () => {
    const { limiter, other } = limiters('using:');
    for (let i = 0; i < 20; i++) await limiter.allow('k');
    await limiter[Symbol.asyncDispose]();
    expect(await other.remaining('k')).toBe(LIMIT - 20);
  });

  it('one whose answer comes after the deadline is given back', async () => {
    const { limiter, other, held } = limiters('late:', 50);
    await until(async () => expect(await limiter.peek('k')).not.toHaveProperty('degraded'));
    held.holds = true;
    expect(await limiter.allow('k')).toBe(true);
    await until(async () => expect(await other.remaining('k')).toBeLessThan(LIMIT - 1));
    await until(() => expect(limiter.stats().degraded).toBe(1));
    held.holds = false;
    for (const go of held.go.splice(0)) go();
    await until(async () => expect(await other.remaining('k')).toBe(LIMIT - 1));
  });

  it('`close()` ends where the server does not answer', async () => {
    const { limiter, held } = limiters('hangs:', 50);
    await until(async () => expect(await limiter.check('k')).not.toHaveProperty('degraded'));
    for (let i = 0; i < 20; i++) await limiter.allow('k');
    held.holds = true;
    await limiter.close();
    for (const go of held.go.splice(0)) go();
  });
});

it('in memory there is nothing to give back', async () => {
  const limiter = new RemoteRateLimiter({ limit: 1, windowSeconds: 60, engine: memory() });
  await limiter.close();
  expect(await limiter.allow('k')).toBe(true);
});
