import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { freePort, startServer, type TestServer } from '../servers.js';

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
  end(): Promise<void>;
}

const SLOTS = 16_384;
const MASTERS = 3;
const HANG_MS = 60_000;

/** Three masters, each with a third of the slots. */
export async function startCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-cluster-'));
  const started = await Promise.all(Array.from({ length: MASTERS }, () => startMaster(folder)));
  const masters = started.map(({ master }) => master);
  for (const [i, { direct }] of masters.entries()) {
    await direct.cluster('SET-CONFIG-EPOCH', i + 1);
    await direct.cluster('ADDSLOTSRANGE', firstOf(i), firstOf(i + 1) - 1);
  }
  for (const { master, busPort } of started.slice(1))
    await masters[0]?.direct.call('CLUSTER', 'MEET', '127.0.0.1', String(master.port), String(busPort));
  await Promise.all(masters.map(({ direct }) => isWhole(direct)));
  return {
    masters,
    async ownerOf(slot) {
      const ranges = await (masters[0] as TestMaster).direct.cluster('SLOTS');
      const port = ranges.find(([first, last]) => first <= slot && slot <= last)?.[2]?.[1];
      return masters.findIndex((master) => master.port === port);
    },
    async end() {
      for (const { direct } of masters) direct.disconnect();
      await Promise.all(masters.map((master) => master.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function firstOf(master: number): number {
  return Math.ceil((SLOTS / MASTERS) * master);
}

async function startMaster(dir: string): Promise<{ readonly master: TestMaster; readonly busPort: number }> {
  // By default the bus is 10,000 above the port, which may be above all.
  const [port, busPort] = [await freePort(), await freePort()];
  const settings = ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`, '--dir', dir];
  // None is failed over here, however long it does not answer.
  const times = ['--cluster-port', String(busPort), '--cluster-node-timeout', String(HANG_MS)];
  const server = await startServer([...settings, ...times], port);
  const direct = new Redis(port, '127.0.0.1');
  direct.on('error', () => undefined);
  return { master: { ...server, direct, id: String(await direct.cluster('MYID')) }, busPort };
}

function isWhole(direct: Redis): Promise<void> {
  return vi.waitFor(
    async () => {
      const info = String(await direct.cluster('INFO'));
      if (!info.includes('cluster_state:ok') || !info.includes(`cluster_known_nodes:${MASTERS}`)) throw new Error(info);
    },
    { timeout: HANG_MS, interval: 20 },
  );
}
