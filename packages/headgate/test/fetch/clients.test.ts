import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import axios from 'axios';
import { Agent, fetch as undiciFetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rateLimit } from '../../src/adapters/node.js';
import type { AnyFetch, FetchOptions } from '../../src/fetch/fetch.js';
import { createFetch } from '../../src/fetch/fetch.js';
import { RateLimitExceeded, RateLimiter } from '../../src/index.js';
import type { Running } from '../http/framework.js';
import { listen } from '../http/listen.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** A client as its users hold it, and what it answers: a status and a body. */
interface Client {
  readonly name: string;
  make(
    options: Omit<FetchOptions, 'fetch'>,
  ): (url: string, init?: { method: string; body: string }) => Promise<[number, string]>;
}

const agent = new Agent();

const CLIENTS: readonly Client[] = [
  { name: "the runtime's fetch", make: (options) => byFetch(createFetch(options)) },
  {
    name: 'fetch of undici, with a dispatcher of its own',
    make(options) {
      const fetch = createFetch({ ...options, fetch: undiciFetch });
      return byFetch((url, init) => fetch(url, { ...init, dispatcher: agent }));
    },
  },
  {
    name: 'axios',
    make(options) {
      const client = axios.create({ adapter: 'fetch', env: { fetch: createFetch(options) } });
      return async (url, { method, body } = { method: 'GET', body: '' }) => {
        const settings = { validateStatus: () => true, responseType: 'text' as const };
        const { status, data } = await client.request({ ...settings, url, method, ...(body ? { data: body } : {}) });
        return [status, data];
      };
    },
  },
];

function byFetch(fetch: AnyFetch) {
  return async (url: string, init?: object): Promise<[number, string]> => {
    const response = (await fetch(url, init)) as Response;
    return [response.status, await response.text()];
  };
}

describe.each(CLIENTS)('$name', ({ make }) => {
  let server: Running;
  let listener: Listener;
  const arrivals: string[] = [];

  beforeEach(async () => {
    arrivals.length = 0;
    server = await listen(
      createServer((request, response) => {
        arrivals.push(`${request.method} ${request.url}`);
        listener(request, response);
      }),
    );
  });
  afterEach(() => server.close());

  it('is held to the policy, and its answers are as they were sent', async () => {
    listener = (request, response) => request.pipe(response);
    const call = make({ limit: 2, windowSeconds: 86_400, maxWaitMs: 1000 });
    expect(await call(`${server.url}/a`)).toEqual([200, '']);
    expect(await call(`${server.url}/b`, { method: 'POST', body: 'a body' })).toEqual([200, 'a body']);
    await expect(call(`${server.url}/c`).catch(causeOf)).resolves.toBeInstanceOf(RateLimitExceeded);
    expect(arrivals).toEqual(['GET /a', 'POST /b']);
  });

  it('is never refused by a server that tells its limit', async () => {
    const limiter = new RateLimiter({ name: 'api', limit: 3, windowMs: 1000, algorithm: 'sliding-window' });
    const limited = rateLimit({ limiter, standard: 'latest' });
    listener = limited((_request, response) => response.end('hello'));
    const call = make({});
    const answers = [await call(server.url)];
    answers.push(...(await Promise.all(Array.from({ length: 4 }, () => call(server.url)))));
    expect(answers).toEqual(Array.from({ length: 5 }, () => [200, 'hello']));
    expect(limiter.stats()).toMatchObject({ allowed: 5, blocked: 0 });
  });

  it('waits for a Retry-After and sends again, on a connection that is not left behind', async () => {
    let refusals = 3;
    listener = (_request, response) => {
      if (refusals-- <= 0) return response.end('done');
      return response.writeHead(429, { 'retry-after-ms': '5' }).end('busy '.repeat(10_000));
    };
    const call = make({ retry: { attempts: 5 } });
    expect(await call(server.url)).toEqual([200, 'done']);
    expect(arrivals).toEqual(Array.from({ length: 4 }, () => 'GET /'));
  });

  it('follows redirects within one call, body and all', async () => {
    listener = (request, response) => {
      if (request.url === '/new') return request.pipe(response);
      return response.writeHead(307, { location: '/new' }).end();
    };
    const call = make({ limit: 1, windowSeconds: 86_400 });
    expect(await call(`${server.url}/old`, { method: 'PUT', body: 'a body' })).toEqual([200, 'a body']);
    expect(arrivals).toEqual(['PUT /old', 'PUT /new']);
  });
});

/** axios wraps what its adapter rejects with. */
function causeOf(error: unknown): unknown {
  return error instanceof RateLimitExceeded ? error : (error as Error).cause;
}
