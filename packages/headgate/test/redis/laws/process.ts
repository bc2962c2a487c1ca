import { Redis } from 'ioredis';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';

// One of several processes on one key: its own clock is wrong by so much, and it makes so many calls at a time.
const [port, aheadMs, calls] = process.argv.slice(2).map(Number) as [number, number, number];
const now = Date.now;
Date.now = () => now() + aheadMs;
const [perfNow, wrong] = [performance.now.bind(performance), aheadMs];
performance.now = () => perfNow() + wrong;

const client = new Redis(port, '127.0.0.1');
const engine = redis(client, { deadlineMs: 60_000, onOutage: 'throw' });
const limiter = new RemoteRateLimiter({ limit: 100, windowSeconds: 3600, engine });
await limiter.peek('k');
process.send?.('ready');
process.once('message', async () => {
  let allowed = 0;
  for (let i = 0; i < calls / 10; i++)
    allowed += (await limiter.allowMany(Array<string>(10).fill('k'))).reduce((sum, each) => sum + each, 0);
  process.send?.(allowed);
  client.disconnect();
  process.disconnect();
});
