import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** A server of the bench's own, which keeps nothing. */
export async function startServer() {
  const port = await freePort();
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '']);
  const lines = createInterface({ input: child.stdout });
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    lines.on('line', (line) => /ready to accept/i.test(line) && resolve());
  });
  return { port, stop: () => child.kill() };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
