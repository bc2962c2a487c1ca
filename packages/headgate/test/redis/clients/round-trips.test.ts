import { expect, it } from 'vitest';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { serverWithClient, withServers } from '../setup/servers.js';

withServers('script calls of one turn', async () => {
  const { client } = await serverWithClient();

  /** A limiter whose scripts the server knows, and how many script calls are made of what is asked. */
  async function counted(prefix: string, algorithm: 'fixed-window' | 'token-bucket' = 'fixed-window') {
    const options = { prefix, deadlineMs: 60_000, onOutage: 'throw', rememberDenialsMs: 0 } as const;
    const engine = redis(client, options);
    const limiter = new RemoteRateLimiter({ limit: 1000, windowSeconds: 60, algorithm, engine });
    await limiter.check('first');
    await limiter.peek('first');
    const calls = async (ask: () => Promise<unknown>) => {
      await client.config('RESETSTAT');
      await ask();
      const stats = await client.info('commandstats');
      return Number(stats.match(/cmdstat_evalsha:calls=(\d+)/)?.[1]);
    };
    return { limiter, calls };
  }
  const times = (n: number, call: (i: number) => Promise<unknown>) =>
    Promise.all(Array.from({ length: n }, (_, i) => call(i)));

  it.each(['fixed-window', 'token-bucket'] as const)('of one key are one, by a %s', async (algorithm) => {
    const { limiter, calls } = await counted(`one:${algorithm}:`, algorithm);
    expect(await calls(() => times(200, () => limiter.allow('k')))).toBe(1);
    expect(await calls(() => times(200, () => limiter.check('k')))).toBe(1);
    const mixed = () => times(200, (i) => (i % 2 === 0 ? limiter.check('k') : limiter.allow('k')));
    expect(await calls(mixed)).toBeLessThanOrEqual(4);
  });

  it('of many keys are few', async () => {
    const { limiter, calls } = await counted('many:');
    expect(await calls(() => times(64, (i) => limiter.allow(`${i}`)))).toBe(1);
    expect(await calls(() => times(256, (i) => limiter.check(`${i}`)))).toBe(4);
  });

  it('of a key with more than fixed windows are one, from the second time on', async () => {
    const { limiter, calls } = await counted('long:');
    await limiter.block('k', 60_000);
    expect(await calls(() => limiter.allow('k'))).toBe(2);
    expect(await calls(() => limiter.allow('k'))).toBe(1);
    expect(await calls(() => times(4, (i) => limiter.allow(i === 0 ? 'k' : `${i}`)))).toBe(2);
  });
});
