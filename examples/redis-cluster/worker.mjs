// One of several processes of a server: all of them admit the limit together.
import express from 'express';
import { rateLimit } from 'headgate/express';
import { RemoteRateLimiter, redis } from 'headgate/redis';
import { Redis } from 'ioredis';

const [redisPort, limit, workers] = process.argv.slice(2).map(Number);
const client = new Redis(redisPort, '127.0.0.1');
client.on('error', () => {}); // ioredis says so each time that it can't connect
const limiter = new RemoteRateLimiter({
  limit,
  windowSeconds: 60,
  engine: redis(client, { expectedInstances: workers }),
});

const app = express();
app.use(rateLimit({ limiter, trustProxy: 'loopback' }));
app.get('/', (_request, response) => {
  response.json({ pid: process.pid, degraded: limiter.stats().degraded });
});
app.listen(0, '127.0.0.1', function listening() {
  process.send({ port: this.address().port });
});
