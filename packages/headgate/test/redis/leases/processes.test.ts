import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bundle } from '../setup/bundle.js';
import { startServer, withServers } from '../setup/servers.js';

const [LIMIT, WINDOW_MS, WINDOWS] = [1000, 150, 5];

/** What a process tells: the windows that it saw begin, and of each call that was allowed when it was made and answered. */
interface Told {
  readonly starts: readonly number[];
  readonly admitted: readonly (readonly [number, number])[];
  readonly allowed: number;
}

withServers('several processes that lease', () => {
  it('four admit no more than the limit in each of some windows', async () => {
    const server = await startServer();
    const { url, remove } = await bundle('leases/windows-process.ts');
    const args = [server.port, LIMIT, WINDOW_MS, WINDOWS].map(String);
    const children = [0, 1, 2, 3].map(() => fork(fileURLToPath(url), args, { execArgv: [] }));
    await Promise.all(children.map((child) => once(child, 'message')));
    const told = await Promise.all(children.map(askedFor));
    const admitted = told.flatMap((each) => each.admitted);
    const starts = [...new Set(told.flatMap((each) => each.starts))];
    expect(told.reduce((sum, { allowed }) => sum + allowed, 0)).toBe(admitted.length);
    expect(admitted.length).toBeLessThanOrEqual(LIMIT * starts.length);
    for (const startMs of starts) {
      const within = admitted.filter(([fromMs, toMs]) => fromMs > startMs && toMs < startMs + WINDOW_MS);
      expect(within.length).toBeLessThanOrEqual(LIMIT);
    }
    await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
    remove();
    await server.kill();
  });
});

async function askedFor(child: ChildProcess): Promise<Told> {
  child.send('go');
  const [told] = await once(child, 'message');
  return told as Told;
}
