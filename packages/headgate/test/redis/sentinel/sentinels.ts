import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { freePort } from '../../../../../scripts/free-port.mjs';
import { launch, startServer, type TestServer } from '../setup/servers.js';
import { HANG_MS } from '../setup/waiting.js';

/** A master with two replicas, and three sentinels that watch it. */
export interface TestSentinels {
  /** By which the sentinels know the master. */
  readonly name: string;
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** The one that is the master now, by the word of all sentinels, and of itself. */
  master(): Promise<TestServer>;
  /** Resolves once another than this one is the master, and no other server takes itself for one. */
  follows(old: TestServer): Promise<void>;
  /** Orders a failover, whatever the state of the master. */
  failover(): Promise<void>;
  end(): Promise<void>;
}

const NAME = 'main';
const SENTINELS = 3;
const until = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: HANG_MS, interval: 20 });

export async function startSentinels(): Promise<TestSentinels> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-sentinel-'));
  const settings = ['--dir', folder, '--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0'];
  const first = await startServer([...settings, '--dbfilename', 'first.rdb']);
  const replicas = await Promise.all(
    [1, 2].map((i) =>
      startServer([...settings, '--dbfilename', `${i}.rdb`, '--replicaof', '127.0.0.1', String(first.port)]),
    ),
  );
  const servers = [first, ...replicas];
  await until(async () => expectText(await ask(first.port, 'INFO', 'replication'), /state=online[\s\S]*state=online/));
  const sentinels = await Promise.all(Array.from({ length: SENTINELS }, () => startSentinel(folder, first.port)));
  const ports = sentinels.map(({ port }) => port);
  for (const port of ports)
    await until(async () => {
      const info = await ask(port, 'INFO', 'sentinel');
      expectText(info, new RegExp(`status=ok,address=127.0.0.1:${first.port},slaves=2,sentinels=${SENTINELS}`));
    });
  const masterPort = async () => {
    const said = await Promise.all(ports.map((port) => ask(port, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)));
    const [port, ...others] = new Set(said.map((address) => Number(address.split(',')[1])));
    if (port === undefined || others.length > 0) throw new Error(`the sentinels differ: ${said}`);
    expectText(await ask(port, 'INFO', 'replication'), /role:master/);
    return port;
  };
  return {
    name: NAME,
    addresses: ports.map((port) => ({ host: '127.0.0.1', port })),
    master: async () => {
      const port = await masterPort();
      return servers.find((server) => server.port === port) as TestServer;
    },
    follows: (old) =>
      until(async () => {
        const port = await masterPort();
        if (port === old.port) throw new Error('no failover yet');
        for (const server of servers)
          if (server.port !== port && server.process.exitCode === null && server.process.signalCode === null)
            expectText(await ask(server.port, 'INFO', 'replication'), /role:slave[\s\S]*master_link_status:up/);
      }),
    failover: () => until(async () => void (await ask(ports[0] as number, 'SENTINEL', 'FAILOVER', NAME))),
    async end() {
      await Promise.all([...sentinels, ...servers].map((each) => each.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startSentinel(folder: string, masterPort: number): Promise<TestServer> {
  const port = await freePort();
  const file = join(folder, `sentinel-${port}.conf`);
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${NAME} 2000`,
    `sentinel failover-timeout ${NAME} 3000`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return launch(port, [file, '--sentinel'], /Sentinel ID is/);
}

/** What a server answers to one command, as text. */
async function ask(port: number, command: string, ...args: string[]): Promise<string> {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return String(await client.call(command, ...args));
  } finally {
    client.disconnect();
  }
}

function expectText(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw new Error(`${pattern} is not in ${text}`);
}
