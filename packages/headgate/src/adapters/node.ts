import type { Duplex } from 'node:stream';
import type { RateLimiter } from '../backend/rate-limiter.js';
import { errorOf, notify, thrownBy } from '../http/callbacks/callbacks.js';
import { goOnLater } from '../http/callbacks/later.js';
import { isPromise, type MaybePromise } from '../http/callbacks/maybe-promise.js';
import { createGate } from '../http/create-gate.js';
import { gateCalls } from '../http/gate.js';
import type { HttpDecision } from '../http/key/client.js';
import type { HttpLimiter, HttpOptions } from '../http/options/options.js';
import type { Outcome, Refusal } from '../http/outcome.js';
import {
  type NodeRequest,
  nodeHasAny,
  nodeHeader,
  nodeRequestScope,
  nodeUser,
  pathOf,
} from '../http/platform/node/node-request.js';
import { type NodeResponse, sendRefusal } from '../http/platform/node/node-response.js';
import { peerAddress } from '../http/platform/node/peer-address.js';
import { isOver, prepareServerResponse } from '../http/platform/node/server-response.js';
import { guarded, refuseUpgrade, settleUpgrade } from '../http/platform/node/upgrade.js';
import type { Reader } from '../http/reader.js';

export type { NodeRequest } from '../http/platform/node/node-request.js';
export type { NodeResponse } from '../http/platform/node/node-response.js';

export interface RateLimitOptions extends HttpOptions<NodeRequest> {
  /** Answers a denied request in place of the JSON; headers and status are set. What it rejects with is answered 500. */
  readonly handler?: ((request: NodeRequest, response: NodeResponse, decision: HttpDecision) => unknown) | undefined;
  /** Told what a function among the options, or the engine, threw, when 500 was answered; `console.error` by default. */
  readonly onError?: ((error: unknown, request: NodeRequest) => unknown) | undefined;
}

type Listener<Q extends NodeRequest, S extends NodeResponse> = (request: Q, response: S) => void;
type UpgradeListener<Q extends NodeRequest> = (request: Q, socket: Duplex, head: Buffer) => void;

export interface Limited<L extends HttpLimiter = RateLimiter> {
  /** Wraps a listener for `'request'`, of `http`, `https` or `http2`. */
  <Q extends NodeRequest, S extends NodeResponse>(listener: Listener<Q, S>): Listener<Q, S>;
  /** Wraps a listener for `'upgrade'`: a denied one is answered on its socket, which ends. */
  upgrade<Q extends NodeRequest>(listener: UpgradeListener<Q>): UpgradeListener<Q>;
  /** What decides: the limiter that was given, or the one that was made of the numbers. */
  readonly limiter: L;
  /** What it counted a request by, or would. */
  keyOf(request: NodeRequest): MaybePromise<string>;
  /** Forgets what the client of a request has used: after a login that worked, say. Whether there was anything. */
  reset(request: NodeRequest): MaybePromise<boolean>;
}

const reader: Reader<NodeRequest> = {
  method: ({ method }) => method ?? 'GET',
  path: ({ url }) => pathOf(url ?? '/'),
  address: ({ socket }) => peerAddress(socket),
  header: nodeHeader,
  hasAny: nodeHasAny,
  user: nodeUser,
  requestScope: nodeRequestScope,
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
export function rateLimit<L extends HttpLimiter = RateLimiter>(
  options: RateLimitOptions & { readonly limiter?: L | undefined },
): Limited<L> {
  const gate = createGate(options, reader, ['handler', 'onError']);
  const { handler, onError = (error: unknown) => console.error(error) } = options;

  function report(error: unknown, request: NodeRequest): void {
    notify(
      () => onError(error, request),
      (thrown) => console.error(error, errorOf('onError', thrown)),
    );
  }

  /** What a listener throws is its own affair, as it is without a limiter; only what decides is caught. */
  function limited<Q extends NodeRequest, S extends NodeResponse>(listener: Listener<Q, S>): Listener<Q, S> {
    return (request, response) => {
      const passes = (outcome: Outcome) => isPassed(outcome, request, response);
      const next = () => listener(request, response);
      const failed = (error: unknown) => {
        answerRefusal(response, FAILED);
        report(error, request);
      };
      let passed: boolean;
      try {
        const outcome = gate.decide(request);
        if (isPromise(outcome)) return goOnLater(response, outcome, gate, { passes, next, failed });
        passed = passes(outcome);
      } catch (error) {
        return failed(error);
      }
      if (passed) next();
    };
  }

  function isPassed(outcome: Outcome, request: NodeRequest, response: NodeResponse): boolean {
    const { decision, refusal } = outcome;
    prepareServerResponse(response, outcome, outcome.headers());
    if (refusal === undefined) return true;
    if (handler === undefined || decision === undefined) {
      answerRefusal(response, refusal);
      return false;
    }
    response.statusCode = refusal.status;
    notify(
      () => handler(request, response, decision),
      (thrown) => {
        answerRefusal(response, FAILED);
        report(thrownBy('handler', thrown), request);
      },
    );
    return false;
  }

  function upgrade<Q extends NodeRequest>(listener: UpgradeListener<Q>): UpgradeListener<Q> {
    return (request, socket, head) => {
      const failed = (error: unknown) => {
        refuseUpgrade(socket, FAILED, []);
        report(error, request);
      };
      const passes = (outcome: Outcome) => {
        const { refusal, settle } = outcome;
        if (settle !== undefined) settleUpgrade(socket, settle);
        if (refusal !== undefined && !socket.destroyed) refuseUpgrade(socket, refusal, outcome.headers());
        return refusal === undefined;
      };
      const passLater = (later: Promise<Outcome>) => {
        const release = guarded(socket); // until there is a listener that minds it
        later
          .then((outcome) => passes(outcome) && !socket.destroyed)
          .then((passed) => {
            if (!passed) return;
            release();
            listener(request, socket, head);
          }, failed);
      };
      let passed: boolean;
      try {
        const outcome = gate.decide(request);
        if (isPromise(outcome)) return passLater(outcome);
        passed = passes(outcome);
      } catch (error) {
        return failed(error);
      }
      if (passed) listener(request, socket, head);
    };
  }

  return Object.assign(limited, { upgrade, ...gateCalls<NodeRequest, L>(gate) });
}

const FAILED: Refusal = {
  status: 500,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify({ detail: 'Internal Server Error' }),
};

/** A response that is on its way can't say no any more: its connection ends. */
function answerRefusal(response: NodeResponse, refusal: Refusal): void {
  if (isOver(response)) return;
  if (response.headersSent) response.destroy();
  else sendRefusal(response, refusal);
}
