import type { MemoryFacts, ReplicationFacts, ServerFacts } from './inspection.js';

/** A section of INFO: what stands before the first colon of each line, and what after it. */
export type Info = ReadonlyMap<string, string>;

/** Versions of what a server is made of or like. */
const NOT_ITS_OWN = new Set(['redis_version', 'gcc_version']);

export function readInfo(text: string): Info {
  const pairs = text.split(/\r?\n/).map((line) => [line, line.indexOf(':')] as const);
  return new Map(pairs.filter(([, at]) => at > 0).map(([line, at]) => [line.slice(0, at), line.slice(at + 1)]));
}

/** Servers that are like Redis have a version of their own beside the one of Redis that they are like. */
export function serverFacts(server: Info, cluster: Info | undefined): ServerFacts | undefined {
  const redisVersion = server.get('redis_version');
  const own = [...server].find(([name]) => name.endsWith('_version') && !NOT_ITS_OWN.has(name));
  const version = own?.[1] ?? redisVersion;
  if (version === undefined) return undefined;
  const product = server.get('server_name') ?? own?.[0].slice(0, -'_version'.length) ?? 'redis';
  const isCluster = cluster?.get('cluster_enabled') === '1' || server.get('redis_mode') === 'cluster';
  return { product, version, redisVersion, isCluster };
}

export function memoryFacts(memory: Info): MemoryFacts | undefined {
  const [used, max] = [numberOf(memory, 'used_memory'), numberOf(memory, 'maxmemory')];
  const evictionPolicy = memory.get('maxmemory_policy');
  if (used === undefined || max === undefined || evictionPolicy === undefined) return undefined;
  return { usedBytes: used, maxBytes: max, evictionPolicy };
}

export function replicationFacts(replication: Info): ReplicationFacts | undefined {
  const role = replication.get('role');
  if (role === undefined) return undefined;
  const each = [...replication].filter(([name]) => /^slave\d+$/.test(name)).map(([, text]) => fieldsOf(text));
  const offset = numberOf(replication, 'master_repl_offset');
  const behind = each.map((replica) => (offset ?? Number.NaN) - (numberOf(replica, 'offset') ?? Number.NaN));
  const lags = each.map((replica) => numberOf(replica, 'lag') ?? Number.NaN);
  const isPrimary = role === 'master' || role === 'primary';
  return {
    role: isPrimary ? 'primary' : 'replica',
    replicas: numberOf(replication, 'connected_slaves') ?? each.length,
    lagSeconds: isPrimary ? most(lags) : numberOf(replication, 'master_last_io_seconds_ago'),
    behindBytes: isPrimary ? most(behind) : undefined,
  };
}

/** `ip=127.0.0.1,port=6380,state=online,offset=14,lag=1`. */
function fieldsOf(text: string): Info {
  return readInfo(text.replaceAll(',', '\n').replaceAll('=', ':'));
}

function most(numbers: readonly number[]): number | undefined {
  const known = numbers.filter((number) => !Number.isNaN(number));
  return known.length === 0 ? undefined : Math.max(...known);
}

function numberOf(info: Info, name: string): number | undefined {
  const number = Number(info.get(name) ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}
