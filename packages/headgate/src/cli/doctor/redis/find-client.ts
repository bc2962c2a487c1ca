import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A client of the project's, connected. */
export interface Connected {
  /** `ioredis 5.11.1`. */
  readonly name: string;
  readonly client: unknown;
  close(): void;
}

interface RedisModule {
  createClient(options: object): {
    on(event: 'error', listener: (error: unknown) => void): void;
    connect(): Promise<unknown>;
    destroy?(): void;
    disconnect?(): unknown;
  };
}

type IoRedis = new (
  url: string,
  options: object,
) => {
  on(event: 'error', listener: (error: unknown) => void): void;
  connect(): Promise<unknown>;
  disconnect(): void;
};

/** Connects by the client that a project has installed: ioredis, or redis. @throws Error for none, or where it fails. */
export async function connect(project: string, url: string, deadlineMs: number): Promise<Connected> {
  const require = createRequire(join(project, 'x.js'));
  const ioredis = tryRequire<{ Redis?: IoRedis; default?: IoRedis }>(require, 'ioredis');
  if (ioredis !== undefined) return connectIoRedis(ioredis.module, ioredis.name, url, deadlineMs);
  const redis = tryRequire<RedisModule>(require, 'redis');
  if (redis !== undefined) return connectRedis(redis.module, redis.name, url, deadlineMs);
  throw new Error(`there is no client in ${project}: npm install ioredis, or redis`);
}

async function connectIoRedis(
  module: { Redis?: IoRedis; default?: IoRedis },
  name: string,
  url: string,
  deadlineMs: number,
) {
  const Redis = (module.Redis ?? module.default ?? module) as IoRedis;
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: deadlineMs,
    disconnectTimeout: 0, // else its timer keeps the process for two seconds after a connection that failed
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  let last: unknown;
  client.on('error', (error) => {
    last = error; // what connect() rejects with says less
  });
  try {
    await within(client.connect(), deadlineMs);
  } catch (error) {
    client.disconnect();
    throw last ?? error;
  }
  return { name, client, close: () => client.disconnect() };
}

async function connectRedis(module: RedisModule, name: string, url: string, deadlineMs: number): Promise<Connected> {
  const client = module.createClient({ url, socket: { connectTimeout: deadlineMs, reconnectStrategy: false } });
  const close = () => void (client.destroy === undefined ? client.disconnect?.() : client.destroy());
  client.on('error', () => {}); // connect() rejects with it
  try {
    await within(client.connect(), deadlineMs);
  } catch (error) {
    close(); // else it would keep the process
    throw error;
  }
  return { name, client, close };
}

function tryRequire<T>(
  require: NodeJS.Require,
  name: string,
): { readonly module: T; readonly name: string } | undefined {
  try {
    require.resolve(name);
  } catch {
    return undefined; // not installed: the next one is looked for
  }
  const { version } = require(`${name}/package.json`) as { version: string };
  return { module: require(name) as T, name: `${name} ${version}` };
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`there was no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
