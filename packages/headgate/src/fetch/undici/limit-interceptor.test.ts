import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ManualClock, RateLimitExceeded, RateLimiter } from '@headgate/core-ts';
import { Agent, Client, fetch, interceptors, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settled } from '../../../test/fetch/set-up.js';
import type { Running } from '../../../test/http/framework.js';
import { listen } from '../../../test/http/listen.js';
import { rateLimit } from '../../adapters/node.js';
import { type InterceptorOptions, limitInterceptor, type OutgoingCall } from '../fetch.js';
import type { Controller, DispatchHandler } from './dispatch-types.js';

const DAY = { windowSeconds: 86_400, maxWaitMs: 1000 };

let server: Running;
let listener: (request: IncomingMessage, response: ServerResponse) => void;
const arrivals: string[] = [];

beforeEach(async () => {
  arrivals.length = 0;
  listener = (asked, response) => asked.pipe(response);
  const http = createServer((asked, response) => {
    arrivals.push(`${asked.method} ${asked.url}`);
    listener(asked, response);
  });
  http.on('upgrade', (asked, socket) => {
    arrivals.push(`upgrade ${asked.url}`);
    socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
  });
  server = await listen(http);
});
afterEach(() => server.close());

function agentOf(options: InterceptorOptions) {
  return new Agent().compose(limitInterceptor(options));
}

describe('limitInterceptor holds what a dispatcher of undici sends', () => {
  it('to the policy, and hands on what is sent and answered as it is', async () => {
    const dispatcher = agentOf({ limit: 3, ...DAY });
    listener = (asked, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(201, { 'x-own': ['a', 'b'] });
      asked.pipe(response);
    };
    const first = await request(`${server.url}/a`, { dispatcher });
    expect([first.statusCode, first.headers['x-own'], await first.body.text()]).toEqual([201, ['a', 'b'], '']);
    const body = Readable.from(['a ', 'body']);
    const second = await request(`${server.url}/b`, { dispatcher, method: 'POST', body });
    expect(await second.body.text()).toBe('a body');
    const third = await fetch(`${server.url}/c`, { dispatcher, method: 'PUT', body: 'a text' });
    expect([third.status, await third.text()]).toEqual([201, 'a text']);
    for (const refused of [request(server.url, { dispatcher }), fetch(server.url, { dispatcher }).catch(causeOf)])
      await expect(refused.catch((error) => error)).resolves.toBeInstanceOf(RateLimitExceeded);
    expect(arrivals).toEqual(['GET /a', 'POST /b', 'PUT /c']);
  });

  it('in the order in which it came, each once the policy admits it', async () => {
    const clock = new ManualClock();
    const dispatcher = agentOf({ limit: 1, windowMs: 100, clock });
    const all = ['a', 'b', 'c'].map(async (path) =>
      text((await request(`${server.url}/${path}`, { dispatcher })).body),
    );
    for (const [i, call] of all.entries()) {
      await call;
      expect(arrivals).toHaveLength(i + 1);
      clock.advance(100);
    }
    expect(arrivals).toEqual(['GET /a', 'GET /b', 'GET /c']);
  });

  it('to what a server tells of its limit, which so never refuses', async () => {
    const limiter = new RateLimiter({ name: 'api', limit: 3, windowMs: 1000, algorithm: 'sliding-window' });
    const limited = rateLimit({ limiter, standard: 'latest' });
    listener = limited((_request, response) => response.end('hello'));
    const dispatcher = agentOf({});
    const ask = async () => (await request(server.url, { dispatcher })).body.text();
    const answers = [await ask(), ...(await Promise.all([ask(), ask(), ask()]))];
    expect(answers).toEqual(Array.from({ length: 4 }, () => 'hello'));
    expect(limiter.stats()).toMatchObject({ allowed: 4, blocked: 0 });
  });

  it('also what interceptors around it send: each redirect, and each call that is sent again', async () => {
    const limiter = new RateLimiter({ limit: 10, windowSeconds: 86_400 });
    let refusals = 2;
    listener = (asked, response) => {
      if (asked.url === '/old') return response.writeHead(307, { location: '/new' }).end();
      return response.writeHead(refusals-- > 0 ? 503 : 200).end('done');
    };
    const dispatcher = new Agent().compose(
      limitInterceptor({ limiter }),
      interceptors.retry({ minTimeout: 1 }),
      interceptors.redirect({ maxRedirections: 1 }),
    );
    const { body } = await request(`${server.url}/old`, { dispatcher });
    expect(await body.text()).toBe('done');
    expect(arrivals).toEqual(['GET /old', 'GET /new', 'GET /new', 'GET /new']);
    expect(limiter.remaining(server.url)).toBe(6);
  });

  it('and an upgrade', async () => {
    const limiter = new RateLimiter({ limit: 1, windowSeconds: 86_400 });
    const client = new Client(server.url);
    const dispatcher = client.compose(limitInterceptor({ limiter, maxWaitMs: 0 }));
    const asked = { origin: server.url, path: '/socket', protocol: 'echo' };
    const { socket, headers } = await dispatcher.upgrade(asked);
    socket.destroy();
    expect([arrivals, headers.upgrade]).toEqual([['upgrade /socket'], 'echo']);
    await expect(dispatcher.upgrade(asked)).rejects.toThrow(RateLimitExceeded);
    await client.destroy();
  });
});

describe('a call that waits', () => {
  it.each([
    ['request', request],
    ['fetch', fetch],
  ] as const)('ends with its signal, is not sent and takes nothing: %s', async (_, send) => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ limit: 1, windowMs: 100, clock });
    const dispatcher = agentOf({ limiter, clock });
    await text((await request(server.url, { dispatcher })).body);
    const controller = new AbortController();
    const waiting = send(`${server.url}/second`, { dispatcher, signal: controller.signal });
    await settled();
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await settled();
    clock.advance(100);
    await text((await request(`${server.url}/third`, { dispatcher })).body);
    expect(arrivals).toEqual(['GET /', 'GET /third']);
    expect(limiter.stats().allowed).toBe(2);
  });
});

it('a handler ends the wait by its controller, and is told so once', async () => {
  const limiter = new RateLimiter({ limit: 1, windowSeconds: 86_400 });
  limiter.allow(server.url);
  const controllers: Controller[] = [];
  const told: unknown[] = [];
  const handler: DispatchHandler = {
    onRequestStart(controller) {
      controller.pause();
      controller.resume();
      controllers.push(controller);
    },
    onResponseError: (_, error) => told.push(error),
  };
  const dispatch = limitInterceptor({ limiter })(() => expect.fail('it was sent'));
  dispatch({ origin: server.url, path: '/', method: 'GET' }, handler);
  const enough = new Error('enough');
  for (const controller of controllers) controller.abort(enough);
  await settled();
  expect(controllers).toMatchObject([{ aborted: true, reason: enough, paused: false }]);
  expect(told).toEqual([enough]);
});

describe('a call that is out', () => {
  it.each([
    ['request', request],
    ['fetch', fetch],
  ] as const)('ends with its signal, and its unit is used: %s', async (_, send) => {
    const limiter = new RateLimiter({ limit: 2, windowSeconds: 86_400 });
    const controller = new AbortController();
    listener = () => controller.abort(new Error('enough'));
    const dispatcher = agentOf({ limiter });
    await expect(send(server.url, { dispatcher, signal: controller.signal })).rejects.toThrow('enough');
    expect([arrivals.length, limiter.remaining(server.url)]).toEqual([1, 1]);
  });
});

describe('the key of a call', () => {
  it.each([
    ['an object', { Authorization: 'me', 'x-more': ['a', 'b'], 'x-none': undefined }],
    ['a flat list', ['authorization', 'me', 'X-More', 'a', 'x-more', 'b']],
    [
      'pairs',
      new Map<string, string | string[]>([
        ['authorization', 'me'],
        ['x-more', ['a', 'b']],
      ]),
    ],
  ])('is made of its method, its URL with the query, and its headers, given as %s', async (_, headers) => {
    const seen: unknown[] = [];
    const key = ({ url, method, headers }: OutgoingCall) => {
      seen.push(url.href, method, headers.get('authorization'), headers.get('x-more'));
      return 'k';
    };
    const dispatcher = agentOf({ key });
    const call = { dispatcher, method: 'DELETE', headers, query: { id: [1, 2], of: 'a b' } } as const;
    await text((await request(`${server.url}//twice`, call)).body);
    expect(seen).toEqual([`${server.url}//twice?id=1&id=2&of=a+b`, 'DELETE', 'me', 'a, b']);
  });
});

describe('what goes wrong is told to the caller', () => {
  it('the error of a connection, and of a key', async () => {
    await server.close();
    await expect(request(server.url, { dispatcher: agentOf({}) })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const wrong = () => {
      throw new Error('no key');
    };
    await expect(request(server.url, { dispatcher: agentOf({ key: wrong }) })).rejects.toThrow('no key');
    server = await listen(createServer());
  });

  it('that the dispatcher was closed while the call was held, which does not hold up the closing', async () => {
    const clock = new ManualClock();
    const dispatcher = agentOf({ limit: 1, windowMs: 100, clock });
    await text((await request(server.url, { dispatcher })).body);
    const held = request(server.url, { dispatcher });
    await settled();
    await dispatcher.close();
    clock.advance(100);
    await expect(held).rejects.toMatchObject({ code: expect.stringMatching(/^UND_ERR_(CLOSED|DESTROYED)$/) });
    expect(arrivals).toHaveLength(1);
  });

  it('that there is no origin, which a dispatcher of one server needs none of', async () => {
    const client = new Client(server.url);
    const dispatcher = client.compose(limitInterceptor());
    await expect(dispatcher.request({ path: '/a', method: 'GET' })).rejects.toThrow(
      'a call that is held needs an origin beside its path "/a", got undefined',
    );
    await client.destroy();
  });

  it('that undici is older than 7, whose handlers are called by other names', () => {
    const dispatch = limitInterceptor()(() => true);
    const call = { origin: server.url, path: '/', method: 'GET' };
    expect(() => dispatch(call, { onConnect() {}, onError() {} })).toThrow('needs undici 7 or later');
  });

  it.each([
    [
      { retry: { attempts: 2 } },
      "retry is no option of limitInterceptor: compose undici's interceptors.retry after it",
    ],
    [{ fetch: () => {} }, 'fetch is no option of limitInterceptor: the dispatcher that it is composed with sends'],
    [{ limit: -1, windowSeconds: 1 }, /^limit must be .* got -1/],
    [null, 'options must be an object, got null'],
  ])('a bad option, at once: %o', (options, message) => {
    expect(() => limitInterceptor(options as never)).toThrow(message);
  });
});

/** undici's fetch wraps what its dispatcher fails with. */
function causeOf(error: unknown): Promise<never> {
  return Promise.reject((error as Error).cause ?? error);
}
