import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { RemoteRateLimiter, type RemoteRateLimiterOptions, redis } from '../../../src/redis/redis.js';
import { PROGRAM, startServer, withServers } from '../setup/servers.js';

const PAGE = readFileSync(new URL('../../../../../docs/redis.md', import.meta.url), 'utf8');
const KEYS = 20_000;

const [fixed, sliding, bucket] = [
  { name: 'a', limit: 100, windowSeconds: 3600 },
  { name: 'b', limit: 100, windowSeconds: 3600, algorithm: 'sliding-window' },
  { name: 'c', limit: 100, windowSeconds: 3600, algorithm: 'token-bucket' },
] as const;

/** By the first cell of the row in docs/redis.md. */
const LIMITERS: Record<string, Omit<RemoteRateLimiterOptions, 'engine'>> = {
  'fixed window': fixed,
  'token bucket': bucket,
  'sliding window': sliding,
  'fixed window and token bucket': { limits: [fixed, bucket] },
};

withServers('the bytes that a key takes on the server', () => {
  it.each(Object.keys(LIMITERS))('are as docs/redis.md has them: %s', async (name) => {
    const server = await startServer();
    const client = new Redis(server.port, '127.0.0.1');
    const engine = redis(client, { prefix: 'p:', deadlineMs: 60_000, onOutage: 'throw' });
    const limiter = new RemoteRateLimiter({ ...(LIMITERS[name] as typeof fixed), engine });
    await limiter.allow('first');
    const before = await usedBytes(limiter);
    // 14 bytes of name with the prefix, without what the algorithm adds.
    await limiter.allowMany(Array.from({ length: KEYS }, (_, i) => `k${String(i).padStart(11, '0')}`));
    const perKey = ((await usedBytes(limiter)) - before) / KEYS;
    client.disconnect();
    await server.kill();
    const [, told] = new RegExp(`^\\| ${name} \\| (\\d+) \\|`, 'm').exec(PAGE) ?? [];
    const message = `${perKey} bytes, and the page says ${told}`;
    expect(perKey, message).toBeLessThan(1.25 * Number(told));
    // Others take less.
    if (PROGRAM.includes('redis')) expect(perKey, message).toBeGreaterThan(0.75 * Number(told));
  });
});

async function usedBytes(limiter: RemoteRateLimiter): Promise<number> {
  const { memory } = await limiter.inspect({ deadlineMs: 60_000 });
  return memory?.usedBytes as number;
}
