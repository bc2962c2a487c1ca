import { GlideClient } from '@valkey/valkey-glide';
import { onRedis } from './on-redis.mjs';

await onRedis(async (port) => {
  const client = await GlideClient.createClient({ addresses: [{ host: '127.0.0.1', port }], requestTimeout: 60_000 });
  return { client, flushScripts: () => client.customCommand(['SCRIPT', 'FLUSH']) };
});
