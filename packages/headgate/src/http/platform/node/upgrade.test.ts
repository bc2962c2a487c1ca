import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type RateLimitOptions, rateLimit } from '../../../adapters/node.js';

const UPGRADE = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n';
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n';
const REFUSED = 'HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

type Answer = (socket: Duplex) => void;

interface Upgrading {
  /** Asks for an upgrade, over a connection that stays open at its own end. */
  ask(): { readonly client: Socket; readonly socket: Promise<Duplex> };
}

async function serving(options: RateLimitOptions, answer: Answer, test: (to: Upgrading) => Promise<void>) {
  const server: Server = createServer();
  const limited = rateLimit({ limit: 100, windowSeconds: 60, key: () => 'k', ...options });
  server.on(
    'upgrade',
    limited.upgrade((_request, socket) => answer(socket)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clients: Socket[] = [];
  const ask = () => {
    const accepted = once(server, 'connection').then(([socket]) => socket as Duplex);
    const { port } = server.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
    client.write(UPGRADE);
    clients.push(client);
    return { client, socket: accepted };
  };
  try {
    await test({ ask });
  } finally {
    for (const client of clients) client.destroy();
    server.close();
  }
}

/** However it closes: a reset is an error first. */
function closing(socket: Duplex): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

/** How such an upgrade is settled. */
function settled(answer: Answer, act: (client: Socket) => void = (client) => void client.end()): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const countIf = ({ status, aborted }: { status: number; aborted: boolean }) => {
      resolve([status, aborted]);
      return true;
    };
    serving({ countIf }, answer, async ({ ask }) => {
      const { client, socket } = ask();
      const closed = closing(await socket);
      client.once('data', () => act(client)).once('end', () => client.end());
      await closed;
    }).catch(reject);
  });
}

describe('an upgrade that is denied', () => {
  it('is let go once it is answered, though its client never lets go', async () => {
    await serving(
      { limit: 0 },
      () => {},
      async ({ ask }) => {
        const { client, socket } = ask();
        const closed = closing(await socket);
        let answer = '';
        client.setEncoding('utf8').on('data', (text) => {
          answer += text;
        });
        await Promise.all([closed, once(client, 'end')]);
        expect(answer).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
      },
    );
  });
});

describe('an upgrade that is decided later', () => {
  it('survives a client that resets before, and is not handed on', async () => {
    for (const limit of [0, 100]) {
      let know = (_key: string) => {};
      let asked = () => {};
      const arrived = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const key = () =>
        new Promise<string>((resolve) => {
          know = resolve;
          asked();
        });
      const handed: unknown[] = [];
      await serving(
        { limit, key },
        (socket) => handed.push(socket),
        async ({ ask }) => {
          const { client, socket } = ask();
          const closed = closing(await socket);
          await arrived;
          client.resetAndDestroy();
          await closed;
          know('k');
          await new Promise(setImmediate);
          expect(handed).toEqual([]);
        },
      );
    }
  });

  it('is handed on without a listener of ours', async () => {
    let listeners = -1;
    const answer: Answer = (socket) => {
      listeners = socket.listenerCount('error');
      socket.end(SWITCHED);
    };
    await serving({ key: async () => 'k' }, answer, async ({ ask }) => {
      await once(ask().client, 'data');
      expect(listeners).toBe(0);
    });
  });
});

describe('an upgrade that is settled', () => {
  it('is so by the status that its listener writes, at once or in pieces', async () => {
    expect(await settled((socket) => void socket.write(SWITCHED))).toEqual([101, false]);
    expect(await settled((socket) => void socket.end(REFUSED))).toEqual([401, false]);
    expect(await settled((socket) => void socket.end(Buffer.from(REFUSED)))).toEqual([401, false]);
    expect(await settled((socket) => void socket.end(REFUSED, 'latin1', () => socket.destroy()))).toEqual([401, false]);
    const inPieces: Answer = (socket) => {
      for (const piece of REFUSED) socket.write(piece);
      socket.end();
    };
    expect(await settled(inPieces)).toEqual([401, false]);
  });

  it('is aborted where nothing was answered, or where the client resets before it has switched', async () => {
    expect(await settled((socket) => void socket.destroy())).toEqual([101, true]);
    const reset = (client: Socket) => void client.resetAndDestroy();
    const answer: Answer = (socket) => void socket.on('error', () => {}).write(REFUSED);
    expect(await settled(answer, reset)).toEqual([401, true]);
  });

  it('leaves the socket as it was', async () => {
    const own: unknown[] = [];
    const answer: Answer = (socket) => {
      socket.write(SWITCHED);
      own.push(Object.hasOwn(socket, 'write'), Object.hasOwn(socket, 'end'));
      socket.end();
    };
    await settled(answer);
    expect(own).toEqual([false, false]);
  });
});
