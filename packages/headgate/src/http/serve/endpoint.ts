import { errorOf } from '../callbacks/callbacks.js';
import { type NodeRequest, nodeHeader } from '../platform/node/node-request.js';
import type { NodeResponse } from '../platform/node/node-response.js';
import { isGone, watchedForEnd } from '../platform/node/server-response.js';

/** A request for something that headgate itself serves, whatever server it came to. */
export interface EndpointCall {
  readonly method: string;
  readonly query: URLSearchParams;
  /** What the client calls this server, with the port. */
  readonly host: string | undefined;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  /** What was sent, unread; or what the framework made of it, where that has read it already. */
  readonly body: { readonly unread: AsyncIterable<Uint8Array> } | { readonly read: unknown };
}

export interface EndpointAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What can be mounted in every framework, behind its own authentication. */
export interface Endpoint {
  /** For whatever answers a `Response` to a `Request`: Hono, Next.js, Bun, Deno, Workers. Rejects with what failed. */
  (request: Request): Promise<Response>;
  /**
   * For `node:http`, Express and Nest, and by their raw request and response for Fastify and Koa. What fails goes to
   * `next`; where there is none, it is printed and answered with 500. A body that was read already is `request.body`.
   * A response that something else has answered meanwhile, such as a middleware for timeouts, is left alone.
   */
  node(request: NodeRequest, response: NodeResponse, next?: (error: unknown) => void): void;
}

export function endpoint(answer: (call: EndpointCall) => Promise<EndpointAnswer>): Endpoint {
  async function web(request: Request): Promise<Response> {
    const { status, headers, body } = await answer(webCall(request));
    return new Response(request.method === 'HEAD' ? null : body, { status, headers });
  }

  function node(request: NodeRequest, response: NodeResponse, next?: (error: unknown) => void): void {
    const isOver = watchedForEnd(response);
    const fail = (thrown: unknown) => {
      if (isGone(response) && !response.writableEnded) return; // who left sent no more: that is what fails to be read
      const error = errorOf('the endpoint', thrown);
      if (next !== undefined && !isOver()) return next(error);
      console.error(error);
      if (!response.headersSent) send(response, json(500, { detail: 'Internal Server Error' }));
    };
    answer(nodeCall(request))
      .then((known) => {
        if (!isOver()) send(response, known);
      })
      .catch(fail);
  }

  return Object.assign(web, { node });
}

/** JSON that no cache keeps. */
export function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): EndpointAnswer {
  const always = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
  return { status, headers: { ...always, ...headers }, body: JSON.stringify(body) };
}

export function notAllowed(allowed: readonly string[]): EndpointAnswer {
  const names = allowed.join(', ');
  return json(405, { detail: `Only ${names} can be asked for here` }, { Allow: names });
}

function webCall(request: Request): EndpointCall {
  const { searchParams, host } = new URL(request.url);
  return {
    method: request.method,
    query: searchParams,
    host: request.headers.get('host') ?? host,
    header: (name) => request.headers.get(name) ?? undefined,
    body: request.body === null ? { read: '' } : { unread: request.body as unknown as AsyncIterable<Uint8Array> },
  };
}

function nodeCall(request: NodeRequest): EndpointCall {
  const { method = 'GET', url = '/' } = request;
  const read: unknown = (request as { body?: unknown }).body;
  return {
    method,
    query: new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length)),
    host: nodeHeader(request, 'host') ?? nodeHeader(request, ':authority'),
    header: (name) => nodeHeader(request, name),
    // Not read to its end, it stays open, or the answer to a body that is too long would find no connection.
    body: read === undefined ? { unread: request.iterator({ destroyOnReturn: false }) } : { read },
  };
}

function send(response: NodeResponse, { status, headers, body }: EndpointAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  (response as import('node:http').ServerResponse).end(body);
}
