import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be made slow, or cut. */
export interface Proxy {
  readonly port: number;
  /** Holds everything back for so long from now on, in both directions together. */
  delay(ms: number): void;
  /** Cuts the connection in the middle of the next thing that goes this way. */
  cut(direction: 'request' | 'reply'): void;
  /** Ends all connections at once, as a machine does that has lost them. */
  reset(): void;
  close(): void;
}

export async function startProxy(to: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  let delayMs = 0;
  let cuts: 'request' | 'reply' | undefined;
  const proxy = createServer((client) => {
    const server = connect(to, '127.0.0.1');
    clients.add(client);
    client.on('close', () => clients.delete(client));
    for (const [from, into, direction] of [
      [client, server, 'request'],
      [server, client, 'reply'],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => into.destroy());
      from.on('data', (data) => {
        if (cuts === direction) {
          cuts = undefined;
          into.write(data.subarray(0, data.length >> 1), () => {
            client.destroy();
            server.destroy();
          });
        } else if (delayMs > 0) setTimeout(() => into.write(data), delayMs / 2);
        else into.write(data);
      });
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as { port: number }).port,
    delay: (ms) => {
      delayMs = ms;
    },
    cut: (direction) => {
      cuts = direction;
    },
    reset() {
      for (const client of clients) client.resetAndDestroy();
    },
    close() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
