import { Redis as UpstashRedis } from '@upstash/redis';
import { GlideClient, Logger } from '@valkey/valkey-glide';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { createClient } from 'redis';
import { createClient as createClient5 } from 'redis5';
import { startRest } from './upstash.js';

/** A client of one kind, connected or on its way. */
export interface TestClient {
  readonly client: unknown;
  close(): void;
}

/** Clients of all kinds that are tried, by name. */
export const CLIENTS: Record<string, (port: number) => Promise<TestClient>> = {
  'ioredis 6': async (port) => ofIoredis(new Redis(port, '127.0.0.1')),
  'ioredis 5': async (port) => ofIoredis(new Redis5(port, '127.0.0.1')),
  'redis 6': async (port) => ofNodeRedis(createClient({ url: `redis://127.0.0.1:${port}` })),
  'redis 5': async (port) => ofNodeRedis(createClient5({ url: `redis://127.0.0.1:${port}` })),
  '@valkey/valkey-glide': async (port) => {
    Logger.init('off');
    const addresses = [{ host: '127.0.0.1', port }];
    const client = await GlideClient.createClient({ addresses, lazyConnect: true, requestTimeout: 60_000 });
    return { client, close: () => client.close() };
  },
  '@upstash/redis': async (port) => {
    const rest = await startRest(port);
    return {
      client: new UpstashRedis({ url: rest.url, token: rest.token, enableTelemetry: false }),
      close: rest.close,
    };
  },
  'evalsha and eval': async (port) => {
    const client = new Redis(port, '127.0.0.1');
    client.on('error', () => undefined);
    return {
      client: {
        evalsha: (sha: string, keys: string[], args: string[]) => client.evalsha(sha, keys.length, ...keys, ...args),
        eval: (script: string, keys: string[], args: string[]) => client.eval(script, keys.length, ...keys, ...args),
      },
      close: () => client.disconnect(),
    };
  },
};

/** A client says so on each failed attempt, and ends the process where nobody listens. */
function ofIoredis(client: { on(event: 'error', listener: () => void): unknown; disconnect(): void }): TestClient {
  client.on('error', () => undefined);
  return { client, close: () => client.disconnect() };
}

function ofNodeRedis(client: {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
}): TestClient {
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  return { client, close: () => client.destroy() };
}
