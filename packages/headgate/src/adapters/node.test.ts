import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, constants, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { get } from '../../test/http/client.js';
import type { AnyOptions, Running } from '../../test/http/framework.js';
import { keysAndReset } from '../../test/http/keys-and-reset.js';
import { listen } from '../../test/http/listen.js';
import { twiceOverHttp2 } from '../../test/http/over-http2.js';
import { httpSuite } from '../../test/http/suite.js';
import type { NodeRequest } from '../http/platform/node/node-request.js';
import type { NodeResponse } from '../http/platform/node/node-response.js';
import { rateLimit } from './node.js';

httpSuite({
  name: 'node:http',
  start,
  skip: {
    'skipFailedRequests gives back what a handler took that throws':
      'a listener that throws ends the process, with a limiter as without',
    'an error in a handler counts, where nothing is said about it':
      'a listener that throws ends the process, with a limiter as without',
  },
});

describe('node:http, by its own conventions', () => {
  it('lets a handler answer the denial', async () => {
    const limited = rateLimit({
      limit: 0,
      windowSeconds: 60,
      handler: (_request, response, { limit, key }) =>
        void (response as ServerResponse).end(`denied at ${limit}: ${key.trim()}`),
    });
    await serving(createServer(limited(() => {})), async (url) => {
      expect(await get(url)).toMatchObject({ status: 429, body: 'denied at 0: 127.0.0.1' });
    });
  });

  it('tells what deciding threw, and answers 500', async () => {
    const errors: unknown[] = [];
    const limited = rateLimit({
      limit: 1,
      windowSeconds: 60,
      key: () => '',
      onError: (error) => errors.push((error as Error).message),
    });
    await serving(createServer(limited(() => {})), async (url) => expect((await get(url)).status).toBe(500));
    expect(errors).toEqual(['key must answer a string that is not empty, got ""']);
  });

  it('limits upgrades, and answers a denied one on its socket', async () => {
    const limited = rateLimit({ limit: 1, windowSeconds: 60, clock: new ManualClock() });
    const server = createServer();
    server.on(
      'upgrade',
      limited.upgrade((_request, socket) => {
        socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n');
      }),
    );
    await serving(server, async (url) => {
      const upgraded = request(url, { headers: { connection: 'Upgrade', upgrade: 'test' } }).end();
      await once(upgraded, 'upgrade');
      const denied = request(url, { headers: { connection: 'Upgrade', upgrade: 'test' } }).end();
      const [response] = (await once(denied, 'response')) as [IncomingMessage];
      expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '60']);
      response.resume();
    });
  });

  it('limits http2 as well', async () => {
    const limited = rateLimit({ limit: 1, windowSeconds: 60 });
    const server = createHttp2Server(
      limited((_request, response: import('node:http2').Http2ServerResponse) => response.end('ok')),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const seen = await twiceOverHttp2(server);
    server.close();
    expect(seen).toEqual([200, '0', 429, '0']);
  });

  it('tells of an http2 stream that was reset that it was aborted, and of one that ended that it was not', async () => {
    const large = 'x'.repeat(16 * 1024 * 1024);
    const endings: unknown[] = [];
    let ended = () => {};
    const countIf = ({ status, aborted }: { status: number; aborted: boolean }) => {
      endings.push([status, aborted]);
      ended();
      return true;
    };
    const limited = rateLimit({ limit: 100, windowSeconds: 60, countIf });
    let arrived = () => {};
    const server = createHttp2Server(
      limited((request, response: import('node:http2').Http2ServerResponse) => {
        if (request.url === '/large') response.end(large);
        else if (request.url === '/empty') response.writeHead(204).end();
        else if (request.url !== '/hangs') response.writeHead(401).end('no');
        arrived();
      }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const ask = async (path: string, method: string, resets: boolean) => {
      const settled = new Promise<void>((resolve) => {
        ended = resolve;
      });
      const handled = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const stream = session.request({ ':path': path, ':method': method });
      stream.on('error', () => {});
      if (resets) {
        await handled;
        stream.close(constants.NGHTTP2_CANCEL);
      } else stream.resume();
      await settled;
      session.destroy();
    };
    await ask('/', 'GET', false);
    await ask('/', 'HEAD', false);
    await ask('/empty', 'GET', false);
    await ask('/large', 'GET', false);
    await ask('/large', 'GET', true);
    await ask('/hangs', 'GET', true);
    server.close();
    expect(endings).toEqual([
      [401, false],
      [401, false],
      [204, false],
      [200, false],
      [200, true],
      [200, true],
    ]);
  });

  it('leaves alone what has been answered before it is decided, and passes nothing on', async () => {
    for (const limit of [0, 9]) {
      const handled: unknown[] = [];
      const endings: unknown[] = [];
      let know = (_key: string) => {};
      const key = () =>
        new Promise<string>((resolve) => {
          know = resolve;
        });
      const countIf = ({ aborted }: { aborted: boolean }) => endings.push(aborted) > 0;
      const limited = rateLimit({ limit, windowSeconds: 60, key, countIf, onError: (error) => handled.push(error) });
      const listener = limited((request) => handled.push(request));
      const server = createServer((request, response) => {
        listener(request, response);
        response.writeHead(503).end('timeout');
      });
      await serving(server, async (url) => {
        expect(await get(url)).toMatchObject({ status: 503, body: 'timeout' });
        know('k');
        await new Promise(setImmediate);
      });
      expect([handled, endings]).toEqual([[], limit === 0 ? [] : [true]]);
    }
  });

  it('settles what a client took that left http2 before it was decided on', async () => {
    let asked = () => {};
    const keyAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    let known = (_key: string) => {};
    const key = () => {
      asked();
      return new Promise<string>((resolve) => {
        known = resolve;
      });
    };
    let ended = (_aborted: boolean) => {};
    const settled = new Promise<boolean>((resolve) => {
      ended = resolve;
    });
    const countIf = ({ aborted }: { aborted: boolean }) => {
      ended(aborted);
      return true;
    };
    const limited = rateLimit({ limit: 1, windowSeconds: 60, key, countIf });
    const server = createHttp2Server(limited(() => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const stream = session.request({ ':path': '/' });
    stream.on('error', () => {}); // leaving is an error for who leaves
    const left = once(server, 'stream').then(([there]) => once(there, 'close'));
    await keyAsked;
    stream.destroy();
    await left;
    known('k');
    expect(await settled).toBe(true);
    session.close();
    server.close();
  });
});

function start(limiters: readonly AnyOptions[]): Promise<Running> {
  const quiet = { onError: () => {} };
  const all = limiters.map((options) => rateLimit({ ...options, ...quiet }));
  const listener = all.reduceRight((inner, limited) => limited(inner), (async (
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    if (request.url === '/reset') response.end(await keysAndReset<NodeRequest>(all, request));
    else answer(request, response);
  }) as (request: NodeRequest, response: NodeResponse) => void);
  return listen(
    createServer((request, response) => {
      const id = request.headers['x-test-user'];
      if (id !== undefined) Object.assign(request, { user: { id } });
      listener(request, response);
    }),
  );
}

function answer(request: IncomingMessage, response: import('node:http').ServerResponse): void {
  const [, first, second] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
  if (first === 'hangs') return;
  if (first === 'status') response.statusCode = Number(second);
  response.end({ ok: 'ok', items: 'item', status: 'status' }[first ?? '']);
}

async function serving(server: ReturnType<typeof createServer>, test: (url: string) => Promise<void>): Promise<void> {
  const running = await listen(server);
  try {
    await test(running.url);
  } finally {
    await running.close();
  }
}
