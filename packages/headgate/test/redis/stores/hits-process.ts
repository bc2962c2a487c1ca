import { Redis } from 'ioredis';
import { redis } from '../../../src/redis/redis.js';
import { HeadgateStore } from '../../../src/stores/hono-rate-limiter.js';

// One of several processes whose stores count together: it makes so many hits, ten at a time, and takes every fourth back.
const [port, hits] = process.argv.slice(2).map(Number) as [number, number];
const client = new Redis(port, '127.0.0.1');
const store = new HeadgateStore({ engine: redis(client, { deadlineMs: 60_000, onOutage: 'throw' }) });
store.init({ windowMs: 3_600_000 } as never);
await store.increment('other');
process.send?.('ready');
process.once('message', async () => {
  const told: number[] = [];
  for (let i = 0; i < hits; i += 10) {
    const counts = await Promise.all(Array.from({ length: 10 }, () => store.increment('k')));
    told.push(...counts.map(({ totalHits }) => totalHits));
  }
  process.send?.(told);
  process.once('message', async () => {
    for (let i = 0; i < hits; i += 4) await store.decrement('k');
    process.send?.((await store.get('k'))?.totalHits);
    client.disconnect();
    process.disconnect();
  });
});
