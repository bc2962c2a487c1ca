import { createClient } from 'redis';
import { onRedis } from './on-redis.mjs';

await onRedis(async (port) => {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  await client.connect();
  return { client, flushScripts: () => client.scriptFlush() };
});
