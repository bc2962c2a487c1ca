import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { startServer, withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { HANG_MS } from '../setup/waiting.js';

noUnhandledRejections();

withServers('a server that must have a replica', () => {
  it('is an outage while it has none, which is told, and decides once it has one', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'headgate-replicas-'));
    const settings = ['--dir', dir, '--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0'];
    const server = await startServer([...settings, '--min-replicas-to-write', '1', '--min-replicas-max-lag', '10']);
    const client = new Redis(server.port, '127.0.0.1');
    const [onDegraded, onRecovered] = [vi.fn(), vi.fn()];
    const options = { deadlineMs: HANG_MS, onOutage: 'closed', onDegraded, onRecovered } as const;
    const limiter = new RemoteRateLimiter({ limit: 9, windowSeconds: 3600, engine: redis(client, options) });
    for (let i = 0; i < 5; i++) expect(await limiter.check('k')).toMatchObject({ allowed: false, degraded: true });
    expect(onDegraded).toHaveBeenCalledTimes(1);
    expect(String(onDegraded.mock.calls[0]?.[0])).toContain('NOREPLICAS: the server has fewer replicas than');
    const replica = await startServer([
      '--dir',
      dir,
      '--dbfilename',
      'r.rdb',
      '--replicaof',
      '127.0.0.1',
      `${server.port}`,
    ]);
    await vi.waitFor(() => expect(onRecovered).toHaveBeenCalledTimes(1), { timeout: HANG_MS, interval: 20 });
    expect(await limiter.check('k')).toMatchObject({ allowed: true, remaining: 8 });
    expect(await limiter.inspect({ deadlineMs: HANG_MS })).toMatchObject({ replication: { replicas: 1 } });
    client.disconnect();
    await Promise.all([replica.kill(), server.kill()]);
    rmSync(dir, { recursive: true, force: true });
  });
});
