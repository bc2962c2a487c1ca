// A port for a server that a test or a measurement starts. Copied into the projects that stand alone.
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below those that the system gives to whoever connects: such a one may be taken before a server is there, or while it is
 * gone for a while.
 */
const [LOWEST_PORT, HIGHEST_PORT] = [10_240, 32_767];

export async function freePort() {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT));
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
