import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, vi } from 'vitest';
import { freePort } from '../../../../../scripts/free-port.mjs';
import { startServer, type TestServer } from '../setup/servers.js';
import { HANG_MS } from '../setup/waiting.js';

/** A master of a cluster, with a client of the test's own. */
export interface TestMaster extends TestServer {
  readonly direct: Redis;
  /** By which the others know it. */
  readonly id: string;
}

export interface TestCluster {
  readonly masters: readonly TestMaster[];
  /** The number of the master that has a slot, by its own word. */
  ownerOf(slot: number): Promise<number>;
  /** Resolves once it has what its master has. */
  addReplica(master: TestMaster): Promise<TestMaster>;
  end(): Promise<void>;
}

const SLOTS = 16_384;
const MASTERS = 3;

interface ClusterOptions {
  /** A master that does not answer for so long has failed. By default none is failed over, however long it does not answer. */
  readonly nodeTimeoutMs?: number;
}

/** Three masters, each with a third of the slots. Those that are there go on where one is lost. */
export async function startCluster({ nodeTimeoutMs = HANG_MS }: ClusterOptions = {}): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-cluster-'));
  const started = await Promise.all(Array.from({ length: MASTERS }, () => startNode(folder, nodeTimeoutMs)));
  const masters = started.map(({ master }) => master);
  for (const [i, { direct }] of masters.entries()) {
    await direct.cluster('SET-CONFIG-EPOCH', i + 1);
    await direct.cluster('ADDSLOTSRANGE', firstOf(i), firstOf(i + 1) - 1);
  }
  for (const node of started.slice(1)) await meet(masters[0] as TestMaster, node);
  await Promise.all(masters.map(({ direct }) => isWhole(direct, MASTERS)));
  return {
    masters,
    async addReplica(master) {
      const node = await startNode(folder, nodeTimeoutMs);
      started.push(node);
      await meet(master, node);
      await vi.waitFor(() => node.master.direct.cluster('REPLICATE', master.id), { timeout: HANG_MS, interval: 20 });
      await Promise.all(started.map((each) => isWhole(each.master.direct, started.length)));
      await vi.waitFor(async () => expect(await master.direct.info('replication')).toContain('state=online'), {
        timeout: HANG_MS,
        interval: 20,
      });
      return node.master;
    },
    async ownerOf(slot) {
      const ranges = await (masters[0] as TestMaster).direct.cluster('SLOTS');
      const port = ranges.find(([first, last]) => first <= slot && slot <= last)?.[2]?.[1];
      return masters.findIndex((master) => master.port === port);
    },
    async end() {
      for (const { master } of started) master.direct.disconnect();
      await Promise.all(started.map(({ master }) => master.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function firstOf(master: number): number {
  return Math.ceil((SLOTS / MASTERS) * master);
}

interface Node {
  readonly master: TestMaster;
  readonly busPort: number;
}

async function meet({ direct }: TestMaster, { master, busPort }: Node): Promise<void> {
  await direct.call('CLUSTER', 'MEET', '127.0.0.1', String(master.port), String(busPort));
}

async function startNode(dir: string, nodeTimeoutMs: number): Promise<Node> {
  // By default the bus is 10,000 above the port, which may be above all.
  const [port, busPort] = [await freePort(), await freePort()];
  const settings = ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`, '--dir', dir];
  const times = ['--cluster-port', String(busPort), '--cluster-node-timeout', String(nodeTimeoutMs)];
  settings.push('--cluster-require-full-coverage', 'no', '--repl-diskless-sync-delay', '0');
  const server = await startServer([...settings, ...times], port);
  const direct = new Redis(port, '127.0.0.1');
  direct.on('error', () => undefined);
  return { master: { ...server, direct, id: String(await direct.cluster('MYID')) }, busPort };
}

function isWhole(direct: Redis, nodes: number): Promise<void> {
  return vi.waitFor(
    async () => {
      const info = String(await direct.cluster('INFO'));
      if (!info.includes('cluster_state:ok') || !info.includes(`cluster_known_nodes:${nodes}`)) throw new Error(info);
    },
    { timeout: HANG_MS, interval: 20 },
  );
}
