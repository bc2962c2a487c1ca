import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { get } from '../../../test/http/client.js';
import { type EndpointAnswer, type EndpointCall, endpoint, json } from './endpoint.js';

async function serving(listener: RequestListener, test: (port: number) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await test((server.address() as AddressInfo).port);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** An answer that is given when it is told to, and what has come of it. */
function later(answer: () => EndpointAnswer) {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { give, answered: endpoint(async (_call: EndpointCall) => given.then(answer)).node };
}

const fails = (): never => {
  throw new Error('the limiter is gone');
};

describe('an endpoint', () => {
  it('leaves alone what something else has answered meanwhile, also where it fails', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const answer of [() => json(200, {}), fails]) {
      const { give, answered } = later(answer);
      const handed: unknown[] = [];
      await serving(
        (request, response) => {
          answered(request, response, (error) => handed.push(error));
          response.statusCode = 503;
          response.end('timeout');
        },
        async (port) => {
          expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 503, body: 'timeout' });
          give();
          await new Promise(setImmediate);
          expect(handed).toEqual([]);
        },
      );
    }
    expect(printed).toHaveBeenCalledTimes(1);
    printed.mockRestore();
  });

  it('leaves alone whose client is gone', async () => {
    const { give, answered } = later(fails);
    const handed: unknown[] = [];
    let asked = () => {};
    let closed: Promise<unknown> = Promise.resolve();
    const seen = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await serving(
      (request, response) => {
        closed = once(response, 'close');
        answered(request, response, (error) => handed.push(error));
        asked();
      },
      async (port) => {
        const client = connect(port, '127.0.0.1').on('error', () => {});
        client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        await seen;
        client.resetAndDestroy();
        await closed;
        give();
        await new Promise(setImmediate);
        expect(handed).toEqual([]);
      },
    );
  });

  it('hands what fails to next, as an error, and answers 500 where there is none', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { node } = endpoint(() => Promise.reject());
    await serving(
      (request, response) => {
        if (request.url === '/alone') node(request, response);
        else node(request, response, (error) => response.end((error as Error).message));
      },
      async (port) => {
        expect((await get(`http://127.0.0.1:${port}/`)).body).toContain('which is no Error');
        expect((await get(`http://127.0.0.1:${port}/alone`)).status).toBe(500);
      },
    );
    expect(printed).toHaveBeenCalledTimes(1);
    printed.mockRestore();
  });
});
