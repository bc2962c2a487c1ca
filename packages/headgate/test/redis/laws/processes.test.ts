import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rateLimit } from '../../../src/adapters/express.js';
import { memory, RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { bundle } from '../setup/bundle.js';
import { startServer, type TestServer, withServers } from '../setup/servers.js';

withServers('several processes', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.kill());

  it('four processes whose own clocks are 30 s apart admit exactly the limit', async () => {
    const { url, remove } = await bundle('laws/process.ts');
    const children = [0, 30_000, 60_000, -30_000].map((aheadMs) =>
      fork(fileURLToPath(url), [String(server.port), String(aheadMs), '60'], { execArgv: [] }),
    );
    await Promise.all(children.map((child) => once(child, 'message')));
    const allowed = await Promise.all(children.map(askedFor));
    expect(allowed.reduce((sum, each) => sum + each, 0)).toBe(100);
    await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
    remove();
  });

  it.each(['redis', 'memory'] as const)('an adapter takes a limiter on %s as it takes any', async (kind) => {
    const client = new Redis(server.port, '127.0.0.1');
    const options = { prefix: 'http:', deadlineMs: 60_000, onOutage: 'throw' } as const;
    const engine = kind === 'redis' ? redis(client, options) : memory();
    const limiter = new RemoteRateLimiter({ limit: 2, windowSeconds: 60, track: true, engine });
    const app = express();
    app.use(rateLimit({ limiter, trustProxy: 'loopback' }));
    app.get('/', (_, response) => void response.send('hello'));
    const http = app.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const answers = [];
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
      answers.push([status, headers.get('x-ratelimit-remaining'), headers.has('retry-after')]);
    }
    expect(answers).toEqual([
      [200, '1', false],
      [200, '0', false],
      [429, '0', true],
    ]);
    expect(limiter.topKeys(1)).toMatchObject([{ denied: 1 }]);
    http.close();
    client.disconnect();
  });

  it('who waits is admitted in the order in which they came, and refused where it would take too long', async () => {
    const client = new Redis(server.port, '127.0.0.1');
    const engine = redis(client, { prefix: 'wait:', deadlineMs: 60_000, onOutage: 'throw' });
    const limiter = new RemoteRateLimiter({ limit: 2, windowMs: 50, engine });
    const order: number[] = [];
    const waits = [0, 1, 2, 3, 4].map((i) => limiter.wait('k').then(() => order.push(i)));
    await Promise.all(waits);
    expect(order).toEqual([0, 1, 2, 3, 4]);
    await expect(limiter.wait('k', { cost: 3 })).rejects.toThrow('the cost can never fit');
    await limiter.block('b', 3_600_000);
    await expect(limiter.wait('b', { maxWaitMs: 10 })).rejects.toThrow('Rate limit exceeded');
    const aborted = AbortSignal.abort(new Error('gone'));
    await expect(limiter.wait('b', { signal: aborted })).rejects.toThrow('gone');
    const stop = new AbortController();
    const waiting = limiter.wait('b', { signal: stop.signal });
    stop.abort(new Error('later'));
    await expect(waiting).rejects.toThrow('later');
    client.disconnect();
  });

  it('a wrapped function answers a promise, and rejects where it is denied', async () => {
    const limiter = new RemoteRateLimiter({ limit: 1, windowSeconds: 60, engine: memory() });
    const double = limiter.limit('k', async (n: number) => 2 * n);
    expect(await double(2)).toBe(4);
    await expect(double(2)).rejects.toThrow('Rate limit exceeded for key "k"');
  });
});

async function askedFor(child: ChildProcess): Promise<number> {
  child.send('go');
  const [allowed] = await once(child, 'message');
  return allowed as number;
}
