import { createMapEngine, ManualClock } from '@headgate/core-ts';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { recognise } from '../../src/redis/client/recognise.js';
import { RedisEngine } from '../../src/redis/engine/redis-engine.js';
import { readRedisOptions } from '../../src/redis/engine/redis-options.js';
import { startServer, withServers } from './servers.js';

/** Calls of one turn, after some time. */
const turn = fc.record({
  afterMs: fc.constantFrom(0, 1, 9, 10, 11),
  calls: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(0, 1, 2, 3, 6)), { maxLength: 12 }),
});

withServers('the short script', () => {
  it('decides as the engine in memory does, many calls in one turn', async () => {
    const server = await startServer();
    const client = new Redis(server.port, '127.0.0.1');
    const options = { deadlineMs: 60_000, onOutage: 'throw', rememberDenialsMs: 0 } as const;
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1, 3, 5), fc.array(turn, { maxLength: 8 }), async (limit, turns) => {
        const clock = new ManualClock(1_000_000);
        const policies = [
          { name: 'default', algorithm: 'fixed-window', limit, windowMs: 10, burst: limit, blockForMs: 0 },
        ] as const;
        const local = createMapEngine({ policies, clock, shared: undefined, maxKeys: 100, onFull: 'deny' });
        const own = readRedisOptions({ ...options, prefix: `${++made}:` });
        const engine = new RedisEngine(policies, recognise(client), own, { now: () => clock.now() });
        for (const { afterMs, calls } of turns) {
          clock.advance(afterMs);
          const expected = calls.map(([key, cost]) => local.allow(key, cost));
          expect(await Promise.all(calls.map(([key, cost]) => engine.allow(key, cost)))).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
    client.disconnect();
    await server.kill();
  });
});
