// A port for a server that a test or a measurement starts. Copied into the projects that stand alone.
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that the system gives to clients, one of which could take a port before the server has it. */
const [LOWEST_PORT, HIGHEST_PORT] = [10_240, 32_767];

/** A TCP port of 127.0.0.1 that nobody listens on, from 10,240 to 32,767. */
export async function freePort() {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT + 1 - LOWEST_PORT));
    if (await isFree(port)) return port;
  }
}

async function isFree(port) {
  const server = createServer();
  const isListening = await new Promise((resolve, reject) => {
    server.once('listening', () => resolve(true));
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1');
  });
  if (!isListening) return false;
  server.close();
  await once(server, 'close');
  return true;
}
