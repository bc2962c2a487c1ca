import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../../../scripts/free-port.mjs';

/** A server of a test's own, on a port of its own. */
export interface TestServer {
  readonly port: number;
  readonly process: ChildProcess;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

/** Which program is tried: `redis-server`, or another that speaks its protocol. */
export const PROGRAM = process.env.HEADGATE_REDIS_SERVER ?? 'redis-server';

/** Whether the program is there. */
export const HAS_SERVER = spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' }).status === 0;

/** Tests that start servers: skipped by name where there is no program, and failed where CI has none. */
export function withServers(title: string, tests: () => void | Promise<void>): void {
  if (HAS_SERVER) describe(title, tests);
  else if (process.env.CI === 'true') it(`${title}: ${PROGRAM} is on the PATH`, () => expect.unreachable('install it'));
  else
    describe.skip(`${title} (skipped: ${PROGRAM} is not on the PATH)`, () => {
      it('needs a server', () => expect.unreachable());
    });
}

/** A server with nothing in it, which keeps nothing; by default on a free port. */
export async function startServer(args: readonly string[] = [], port?: number): Promise<TestServer> {
  const own = port ?? (await freePort());
  // A master writes a file for its replicas.
  const at = ['--port', String(own), '--bind', '127.0.0.1', '--dir', tmpdir()];
  const settings = [...at, '--save', '', '--appendonly', 'no', ...args];
  return launch(own, settings);
}

/** A server with nothing in it, and a client of it, for the group of tests that this is called in. */
export async function serverWithClient(): Promise<{ readonly server: TestServer; readonly client: Redis }> {
  const server = await startServer();
  const client = new Redis(server.port, '127.0.0.1');
  afterAll(async () => {
    client.disconnect();
    await server.kill();
  });
  return { server, client };
}

/** The program with these settings, once it has said that it is ready, or something else. */
export async function launch(
  port: number,
  settings: readonly string[],
  saying = /ready to accept connections/i,
): Promise<TestServer> {
  const child = spawn(PROGRAM, settings, { stdio: ['ignore', 'pipe', 'inherit'] });
  await ready(child, saying);
  return {
    port,
    process: child,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function ready(child: ChildProcess, saying: RegExp): Promise<void> {
  const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${PROGRAM} ended with ${code}: ${said.join('\n')}`)));
    lines.on('line', (line) => {
      said.push(line);
      if (saying.test(line)) resolve();
    });
  });
}
