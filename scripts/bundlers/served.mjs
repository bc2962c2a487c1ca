// What the tests of bundlers that build servers share.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';

/** Runs a built server where nothing else is, and hands over how to ask it until `use` has ended. */
export async function servedElsewhere(built, script, use) {
  const cwd = join(mkdtempSync(join(tmpdir(), 'headgate-served-')), 'app');
  cpSync(built, cwd, { recursive: true, verbatimSymlinks: true });
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), HOSTNAME: '127.0.0.1', HOST: '127.0.0.1', NITRO_HOST: '127.0.0.1' };
  const server = spawn(process.execPath, [script], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await Promise.race([
      once(server.stdout, 'data'), // it says that it listens
      once(server, 'exit').then(() => Promise.reject(new Error('the server ended'))),
    ]);
    await use((path) => answered(`http://127.0.0.1:${port}${path}`));
  } finally {
    server.kill();
  }
}

/** The first word of a server may come before it listens. */
async function answered(url) {
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (error.cause?.code !== 'ECONNREFUSED') throw error;
      await new Promise((again) => setTimeout(again, 50));
    }
  }
}
