import { once } from 'node:events';
import { createServer, request } from 'node:http';
import express from 'express';
import Koa from 'koa';
import { expect, it } from 'vitest';
import { rateLimit as expressLimit } from '../../src/adapters/express.js';
import { rateLimit as koaLimit } from '../../src/adapters/koa.js';
import { rateLimit as guardUpgrades } from '../../src/adapters/node.js';
import { get } from '../http/client.js';
import { listen } from '../http/listen.js';

const TWO = { limit: 2, windowSeconds: 60 } as const;

/** The status that an upgrade is answered with. */
async function upgrade(url: string): Promise<number | undefined> {
  const asked = request(url, { headers: { connection: 'Upgrade', upgrade: 'websocket' } }).end();
  const [response, socket] = await Promise.race([once(asked, 'upgrade'), once(asked, 'response')]);
  (socket ?? response).destroy();
  return response.statusCode;
}

it('holds upgrades to the count of the middleware that sees none', async () => {
  const inExpress = expressLimit(TWO);
  const inKoa = koaLimit(TWO);
  for (const [limited, listener] of [
    [inExpress, express().use(inExpress)],
    [inKoa, new Koa().use(inKoa).callback()],
  ] as const) {
    const server = createServer(listener);
    const { upgrade: guard } = guardUpgrades({ limiter: limited.limiter });
    server.on(
      'upgrade',
      guard((_request, socket) =>
        socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      ),
    );
    const { url, close } = await listen(server);
    expect([await upgrade(url), (await get(url)).status, await upgrade(url)]).toEqual([101, 404, 429]);
    await close();
  }
});
