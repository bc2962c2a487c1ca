import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bundle } from '../setup/bundle.js';
import { startServer, withServers } from '../setup/servers.js';

const HITS = 200;

withServers('stores of several processes', () => {
  it('four count each hit once, and tell each its own number', async () => {
    const server = await startServer();
    const { url, remove } = await bundle('stores/hits-process.ts');
    const args = [String(server.port), String(HITS)];
    const children = [0, 1, 2, 3].map(() => fork(fileURLToPath(url), args, { execArgv: [] }));
    await Promise.all(children.map((child) => once(child, 'message')));
    const told = (await Promise.all(children.map((child) => asked<number[]>(child)))).flat();
    expect(told.sort((a, b) => a - b)).toEqual(Array.from({ length: 4 * HITS }, (_, i) => i + 1));
    const left = await Promise.all(children.map((child) => asked<number>(child)));
    expect(Math.min(...left)).toBe(3 * HITS);
    await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
    remove();
    await server.kill();
  });
});

async function asked<T>(child: ChildProcess): Promise<T> {
  child.send('go');
  const [told] = await once(child, 'message');
  return told as T;
}
