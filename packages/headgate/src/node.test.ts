import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { get } from '../test/http/client.js';
import type { AnyOptions, Running } from '../test/http/framework.js';
import { listen } from '../test/http/listen.js';
import { httpSuite } from '../test/http/suite.js';
import type { NodeRequest } from './http/node-request.js';
import type { NodeResponse } from './http/node-response.js';
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
      handler: (_request, response, { limit }) =>
        void (response as import('node:http').ServerResponse).end(`denied at ${limit}`),
    });
    await serving(createServer(limited(() => {})), async (url) => {
      expect(await get(url)).toMatchObject({ status: 429, body: 'denied at 0' });
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
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const seen: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const stream = session.request({ ':path': '/' });
      const [headers] = await once(stream, 'response');
      seen.push(headers[':status'], headers['x-ratelimit-remaining']);
      stream.resume();
      await once(stream, 'close');
    }
    session.close();
    server.close();
    expect(seen).toEqual([200, '0', 429, '0']);
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
  const listener = limiters.reduceRight(
    (inner, options) => rateLimit({ ...options, ...quiet })(inner),
    answer as (request: NodeRequest, response: NodeResponse) => void,
  );
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
