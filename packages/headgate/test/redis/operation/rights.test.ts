import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { serverWithClient, withServers } from '../setup/servers.js';

const LONG_MS = 60_000;
const PAGE = readFileSync(new URL('../../../../../docs/redis.md', import.meta.url), 'utf8');
/** What docs/redis.md says, with the password that it leaves to the reader. */
const [, RULES = ''] = /^ACL SETUSER limiter on >PASSWORD (.+)$/m.exec(PAGE) ?? [];

withServers('a user with the rights that docs/redis.md names', async () => {
  const { server, client: admin } = await serverWithClient();

  const setUser = (name: string, rules: string) =>
    admin.call('ACL', 'SETUSER', name, 'on', '>secret', ...rules.split(' '));

  it.each(['ioredis', 'node-redis'])('may make every call, with %s', async (kind) => {
    expect(RULES).toContain('+evalsha');
    await setUser('limiter', RULES);
    const { client, close } = await clientOf(kind, 'limiter');
    expect(await everything(client)).toEqual({});
    close();
  });

  it('needs each of them', async () => {
    const commands = RULES.match(/\+\S+/g) ?? [];
    expect(commands.length).toBeGreaterThan(8);
    for (const [i, command] of commands.entries()) {
      if (command === '+cluster|slots') continue; // of a cluster alone
      await setUser(`less${i}`, without(RULES, command));
      const { client, close } = await clientOf('ioredis', `less${i}`);
      const unknown = await everything(client).catch((error) => ({ error }));
      expect([command, unknown]).not.toEqual([command, {}]);
      close();
    }
  });

  function without(rules: string, command: string): string {
    return rules
      .split(' ')
      .filter((each) => each !== command)
      .join(' ');
  }

  /** Every call of a limiter; answers what `inspect` could not tell. */
  async function everything(client: unknown): Promise<object> {
    const engine = redis(client, { deadlineMs: LONG_MS, onOutage: 'throw', rememberDenialsMs: 0 });
    const limits = [
      { name: 'one', limit: 5, windowSeconds: 60 },
      { name: 'two', limit: 50, windowSeconds: 60, algorithm: 'sliding-window' },
      { name: 'three', limit: 50, windowSeconds: 60, algorithm: 'token-bucket' },
    ] as const;
    for (const limiter of [
      new RemoteRateLimiter({ ...limits[0], engine }),
      new RemoteRateLimiter({ limits, engine }),
    ]) {
      await limiter.reset('k');
      expect(await limiter.allow('k')).toBe(true);
      expect(await limiter.check('k')).toMatchObject({ allowed: true });
      expect(await limiter.peek('k')).toMatchObject({ allowed: true });
      expect(await limiter.remaining('k')).toBe(3);
      expect([...(await limiter.allowMany(['k', 'k']))]).toEqual([1, 1]);
      await (await limiter.reserve('k')).commit(0);
      await (await limiter.reserve('k')).cancel();
      await limiter.wait('k');
      expect(await limiter.block('k', 1000)).toBe(true);
      expect(await limiter.allow('k')).toBe(false);
      await limiter.clear();
      expect(await limiter.remaining('k')).toBe(5);
    }
    const { unknown } = await new RemoteRateLimiter({ limits, engine }).inspect({ key: 'k', deadlineMs: LONG_MS });
    return unknown;
  }

  async function clientOf(kind: string, username: string): Promise<{ client: unknown; close(): void }> {
    const { port } = server;
    if (kind === 'ioredis') {
      // Its own check asks INFO, and waits for ever where that is denied.
      const client = new Redis({ port, username, password: 'secret', enableReadyCheck: false });
      return { client, close: () => client.disconnect() };
    }
    const client = createClient({ url: `redis://${username}:secret@127.0.0.1:${port}` });
    await client.connect();
    return { client, close: () => client.destroy() };
  }
});
