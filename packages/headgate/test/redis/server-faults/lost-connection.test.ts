import { expect, it } from 'vitest';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { CLIENTS } from '../clients/clients.js';
import { startServer, withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { closedAfterEach, until } from '../setup/waiting.js';
import { startProxy } from './proxy.js';

noUnhandledRejections();

const KINDS = Object.keys(CLIENTS).filter((name) => name !== '@upstash/redis');
const LIMIT = 1000;

const open = closedAfterEach();

withServers('a connection that is lost', () => {
  it.each(KINDS)('in whichever turn a call is handed over: %s answers each its own, and goes on', async (kind) => {
    const server = await startServer();
    open.push(() => server.kill());
    const proxy = await startProxy(server.port);
    open.push(() => proxy.close());
    const { client, close } = await (CLIENTS[kind] as (typeof CLIENTS)[string])(proxy.port);
    open.push(close);
    const engine = redis(client, { deadlineMs: 500, onOutage: 'closed', rememberDenialsMs: 0 });
    const limiter = new RemoteRateLimiter({ limit: LIMIT, windowSeconds: 3600, engine });
    let [allowed, unknown] = [0, 0];
    for (const turns of [0, 1, 2, 3, 0, 1, 2, 3]) {
      await until(async () => expect(await limiter.peek('other')).toMatchObject({ remaining: LIMIT }));
      const calls = [limiter.check('k'), limiter.peek('other')];
      for (let turn = 0; turn <= turns; turn++) await new Promise(setImmediate);
      proxy.reset();
      const [taken, other] = await Promise.all(calls);
      if (taken?.degraded) unknown++;
      else if (taken?.allowed) allowed++;
      if (!other?.degraded) expect(other).toMatchObject({ remaining: LIMIT });
    }
    await until(async () => expect(await limiter.peek('k')).not.toHaveProperty('degraded'));
    const used = LIMIT - (await limiter.remaining('k'));
    expect(used).toBeGreaterThanOrEqual(allowed);
    expect(used).toBeLessThanOrEqual(allowed + unknown);
  });
});
