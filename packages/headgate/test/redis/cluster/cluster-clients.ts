import { Cluster } from 'ioredis';
import { Cluster as Cluster5 } from 'ioredis5';
import { createCluster } from 'redis';
import { createCluster as createCluster5 } from 'redis5';
import type { TestClient } from '../clients/clients.js';

/** Clients of a cluster, of all kinds that are tried, by name. */
export const CLUSTER_CLIENTS: Record<string, (port: number) => Promise<TestClient>> = {
  'ioredis 6': async (port) => ofIoredis(new Cluster([{ host: '127.0.0.1', port }])),
  'ioredis 5': async (port) => ofIoredis(new Cluster5([{ host: '127.0.0.1', port }])),
  'redis 6': async (port) => ofNodeRedis(createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] })),
  'redis 5': async (port) => ofNodeRedis(createCluster5({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] })),
};

export function ofIoredis(client: {
  on(event: 'error', listener: () => void): unknown;
  disconnect(): void;
}): TestClient {
  client.on('error', () => undefined);
  return { client, close: () => client.disconnect() };
}

export async function ofNodeRedis(client: {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}): Promise<TestClient> {
  client.on('error', () => undefined);
  await client.connect();
  return { client, close: () => void client.destroy() };
}
