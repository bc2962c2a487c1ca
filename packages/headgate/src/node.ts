import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Decision } from '@headgate/core-ts';
import { createGate } from './http/gate.js';
import { isPromise } from './http/maybe-promise.js';
import { type NodeRequest, nodeCarrier, nodeHasAny, nodeHeader, pathOf } from './http/node-request.js';
import { type NodeResponse, sendRefusal } from './http/node-response.js';
import type { HttpLimiter, HttpOptions } from './http/options.js';
import type { Outcome, Refusal } from './http/outcome.js';
import type { Reader } from './http/reader.js';
import { prepareServerResponse } from './http/server-response.js';

export interface RateLimitOptions extends HttpOptions<NodeRequest> {
  /** Answers a denied request in place of the JSON; headers and status are set. */
  readonly handler?: ((request: NodeRequest, response: NodeResponse, decision: Decision) => void) | undefined;
  /** Told what an option's function, or the engine, threw, when 500 was answered; `console.error` by default. */
  readonly onError?: ((error: unknown, request: NodeRequest) => void) | undefined;
}

type Listener<Q extends NodeRequest, S extends NodeResponse> = (request: Q, response: S) => void;
type UpgradeListener<Q extends NodeRequest> = (request: Q, socket: Duplex, head: Buffer) => void;

export interface Limited {
  /** Wraps a listener for `'request'`, of `http`, `https` or `http2`. */
  <Q extends NodeRequest, S extends NodeResponse>(listener: Listener<Q, S>): Listener<Q, S>;
  /** Wraps a listener for `'upgrade'`: a denied one is answered on its socket, which ends. */
  upgrade<Q extends NodeRequest>(listener: UpgradeListener<Q>): UpgradeListener<Q>;
  /** What decides; `undefined` where the limit is a function of the request. */
  readonly limiter: HttpLimiter | undefined;
}

const reader: Reader<NodeRequest> = {
  method: ({ method }) => method ?? 'GET',
  path: ({ url }) => pathOf(url ?? '/'),
  address: ({ socket }) => socket.remoteAddress,
  header: nodeHeader,
  hasAny: nodeHasAny,
  route: () => undefined,
  user: (request) => (request as { user?: unknown }).user,
  carrier: nodeCarrier,
};

/**
 * A limit for servers of `node:http`, `node:https` and `node:http2`.
 *
 * ```ts
 * const limited = rateLimit({ limit: 100, windowSeconds: 60 });
 * createServer(limited((request, response) => response.end('hello')));
 * ```
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function rateLimit(options: RateLimitOptions): Limited {
  const gate = createGate(options, reader, ['handler', 'onError']);
  const { handler, onError = console.error } = options;

  /** What a listener throws is its own affair, as it is without a limiter; only what decides is caught. */
  function decided(request: NodeRequest, next: (outcome: Outcome) => void, answerError: () => void): void {
    const failed = (error: unknown) => {
      answerError();
      onError(error, request);
    };
    let outcome: ReturnType<typeof gate.decide>;
    try {
      outcome = gate.decide(request);
    } catch (error) {
      failed(error);
      return;
    }
    if (isPromise(outcome)) outcome.then(next, failed);
    else next(outcome);
  }

  function limited<Q extends NodeRequest, S extends NodeResponse>(listener: Listener<Q, S>): Listener<Q, S> {
    return (request, response) => {
      const next = (outcome: Outcome) => {
        const { decision, refusal } = outcome;
        prepareServerResponse(response, outcome, outcome.headers());
        if (refusal === undefined) listener(request, response);
        else if (handler === undefined || decision === undefined) refuse(response, refusal);
        else {
          response.statusCode = refusal.status;
          handler(request, response, decision);
        }
      };
      decided(request, next, () => refuse(response, FAILED));
    };
  }

  function upgrade<Q extends NodeRequest>(listener: UpgradeListener<Q>): UpgradeListener<Q> {
    return (request, socket, head) => {
      const next = (outcome: Outcome) => {
        const { refusal, settle } = outcome;
        if (settle !== undefined && socket.destroyed) settle(101, true);
        else if (settle !== undefined) socket.once('close', () => settle(101, false));
        if (refusal === undefined) listener(request, socket, head);
        else endSocket(socket, refusal, outcome.headers());
      };
      decided(request, next, () => endSocket(socket, FAILED, []));
    };
  }

  return Object.assign(limited, { upgrade, limiter: gate.limiter });
}

const FAILED: Refusal = {
  status: 500,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify({ detail: 'Internal Server Error' }),
};

/** A response that is on its way can't say no any more: its connection ends. */
function refuse(response: NodeResponse, refusal: Refusal): void {
  if (response.headersSent) response.destroy();
  else sendRefusal(response, refusal);
}

/** An upgrade has no response object: the answer is written as it is on the wire (RFC 9112). */
function endSocket(socket: Duplex, { status, contentType, body }: Refusal, headers: readonly string[]): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, `Content-Type: ${contentType}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  lines.push(`Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close', '', body);
  socket.on('error', () => socket.destroy()); // who is turned away may be gone already
  socket.end(lines.join('\r\n'));
}
