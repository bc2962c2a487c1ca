import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a server that delays what passes, or cuts connections in the middle of an answer. */
export async function startProxy(to) {
  const sockets = new Set();
  const queues = new WeakMap();
  let delayMs = 0;
  let cuts = false;
  const server = createServer({ noDelay: true }, (client) => {
    const behind = connect({ port: to, host: '127.0.0.1', noDelay: true });
    const end = () => {
      client.destroy();
      behind.destroy();
    };
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        end();
        sockets.delete(socket);
      });
    }
    client.on('data', (data) => pass(data, behind));
    behind.on('data', (data) => {
      if (!cuts) return pass(data, client);
      cuts = false;
      behind.removeAllListeners('data');
      pass(data.subarray(0, Math.floor(data.length / 2)), client);
      queues.get(client).then(end);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  /** In the order in which it came, whatever the delay was when. */
  function pass(data, socket) {
    const waiting = queues.get(socket) ?? Promise.resolve();
    const dueMs = performance.now() + delayMs;
    queues.set(
      socket,
      waiting.then(async () => {
        const leftMs = dueMs - performance.now();
        if (leftMs > 0) await sleep(leftMs);
        if (!socket.destroyed) socket.write(data);
      }),
    );
  }

  return {
    port: server.address().port,
    /** On each way, from now on. */
    delay: (ms) => {
      delayMs = ms;
    },
    /** The next answer ends after its first half. */
    cutNext: () => {
      cuts = true;
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
