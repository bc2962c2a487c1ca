import type { KnownClient } from '../client/script-client.js';
import type { MemoryFacts, ReplicationFacts, ServerFacts } from './inspection.js';

/** `undefined` where nothing is evicted. Each of our keys has a time to live, so it may go by any policy but `noeviction`. */
export function evictionWarning(memory: MemoryFacts | undefined): string | undefined {
  if (memory === undefined || memory.maxBytes === 0 || memory.evictionPolicy === 'noeviction') return undefined;
  return `headgate: the server evicts keys when its memory is full (maxmemory-policy ${memory.evictionPolicy}), and a key that is evicted has all of its units again, unseen. Set maxmemory-policy to noeviction, or give the limiters a server of their own.`;
}

export function replicaWarning(replication: ReplicationFacts | undefined): string | undefined {
  if (replication?.role !== 'replica') return undefined;
  return 'headgate: the server is a replica, which can only be read, so no call is decided there. Connect the client to the primary.';
}

export function clusterWarning(server: ServerFacts | undefined, client: KnownClient): string | undefined {
  if (server?.isCluster !== true || client.isCluster) return undefined;
  return `headgate: the server is a node of a cluster, and the client (${client.name}) is one for a single server, so calls of other nodes' keys fail. Use a client for clusters.`;
}

export function ageWarning(server: ServerFacts | undefined): string | undefined {
  const [major = 0, minor = 0] = (server?.redisVersion ?? '6.2').split('.').map(Number);
  if (major > 6 || (major === 6 && minor >= 2)) return undefined;
  return `headgate: the server is like Redis ${server?.redisVersion}, and headgate is tried from 6.2 on.`;
}
