import { Redis } from 'ioredis';
import { createClient } from 'redis';

/** A client that tries again every 100 ms: what is measured is not how long it pauses. */
const RETRY_MS = 100;

/** A client of a user's: what it says on each failed attempt is heard, or it would end the process. */
export async function openClient(kind, port) {
  if (kind === 'ioredis') {
    const client = new Redis(port, '127.0.0.1', { retryStrategy: () => RETRY_MS });
    client.on('error', () => undefined);
    return client;
  }
  const client = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: () => RETRY_MS } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
