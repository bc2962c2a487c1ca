import { fork } from 'node:child_process';
import { once } from 'node:events';
import { startServer } from '../server.mjs';

const PROCESSES = 4;
export const LIMIT = 1000;

/** How many units of one key four processes are given, each of which asks for as many as all may have. */
export async function admitted(candidate) {
  const server = await startServer();
  const args = [candidate, String(server.port), String(LIMIT)];
  const children = Array.from({ length: PROCESSES }, () => fork(new URL('./process.mjs', import.meta.url), args));
  const sums = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0]));
  await server.kill();
  return { admitted: sums.reduce((total, sum) => total + sum, 0) };
}
