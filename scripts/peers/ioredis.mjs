import Redis from 'ioredis';
import { onRedis } from './on-redis.mjs';

await onRedis(async (port) => {
  const client = new Redis(port, '127.0.0.1');
  return { client, flushScripts: () => client.script('FLUSH') };
});
