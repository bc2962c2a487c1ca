import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../../scripts/free-port.mjs';

/** A server of the bench's own, on a port of its own. It keeps nothing, unless the arguments say so. */
export async function startServer(args = []) {
  const port = await freePort();
  let child;
  const server = {
    port,
    /** Also after `kill`. */
    async start() {
      const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...args];
      child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
      const lines = createInterface({ input: child.stdout });
      await new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
        lines.on('line', (line) => /ready to accept/i.test(line) && resolve());
      });
    },
    signal: (name) => child.kill(name),
    /** At once, as a crash does. */
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    stop: () => child.kill(),
  };
  await server.start();
  return server;
}
