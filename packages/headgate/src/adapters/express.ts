import type { NextFunction, Request, Response } from 'express';
import type { RateLimiter } from '../backend/rate-limiter.js';
import { notify, thrownBy } from '../http/callbacks/callbacks.js';
import { goOnLater } from '../http/callbacks/later.js';
import { isPromise, type MaybePromise } from '../http/callbacks/maybe-promise.js';
import { createGate } from '../http/create-gate.js';
import { gateCalls } from '../http/gate.js';
import type { HttpDecision } from '../http/key/client.js';
import { expressProxies } from '../http/key/proxies/express-proxies.js';
import type { HttpLimiter, HttpOptions } from '../http/options/options.js';
import type { Outcome } from '../http/outcome.js';
import { nodeHasAny, nodeHeader, nodeRequestScope, nodeUser, pathOf } from '../http/platform/node/node-request.js';
import { sendRefusal } from '../http/platform/node/node-response.js';
import { peerAddress } from '../http/platform/node/peer-address.js';
import { prepareServerResponse } from '../http/platform/node/server-response.js';
import type { Reader } from '../http/reader.js';
import { setRequestDecision } from './express-decision.js';

declare global {
  namespace Express {
    interface Request {
      /** What headgate decided on this request. */
      rateLimit?: HttpDecision;
    }
  }
}

export interface RateLimitOptions extends HttpOptions<Request> {
  /** Answers a denied request in place of the JSON; headers and status are set. What it rejects with goes to `next`. */
  readonly handler?:
    | ((request: Request, response: Response, next: NextFunction, decision: HttpDecision) => unknown)
    | undefined;
}

export interface RateLimitMiddleware<L extends HttpLimiter = RateLimiter> {
  /** Of any route, whatever the types of its parameters, bodies and locals. */
  // biome-ignore lint/suspicious/noExplicitAny: as Express has it
  <P, ResBody, ReqBody, Query, Locals extends Record<string, any>>(
    request: Request<P, ResBody, ReqBody, Query, Locals>,
    response: Response<ResBody, Locals>,
    next: NextFunction,
  ): void;
  /** What decides: the limiter that was given, or the one that was made of the numbers. */
  readonly limiter: L;
  /** What it counted a request by, or would. */
  keyOf(request: Request): MaybePromise<string>;
  /** Forgets what the client of a request has used: after a login that worked, say. Whether there was anything. */
  reset(request: Request): MaybePromise<boolean>;
}

// biome-ignore lint/suspicious/noExplicitAny: of any route
type AnyRequest = Request<any, any, any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: of any route
type AnyResponse = Response<any, any>;

const reader: Reader<Request> = {
  method: ({ method }) => method,
  path: ({ originalUrl }) => pathOf(originalUrl),
  routedPaths: ({ url, baseUrl }) => [pathOf(url), pathOf(baseUrl + url)],
  address: ({ socket }) => peerAddress(socket),
  proxies: expressProxies,
  header: nodeHeader,
  hasAny: nodeHasAny,
  route: ({ route, baseUrl }) => (route === undefined ? undefined : baseUrl + String(route.path)),
  user: nodeUser,
  requestScope: nodeRequestScope,
};

/**
 * Middleware for Express 4 and 5.
 *
 * ```ts
 * app.use(rateLimit({ limit: 100, windowSeconds: 60 }));
 * ```
 *
 * Express sees no upgrades, so WebSockets go by: guard them with `headgate/node` and the same limiter,
 * `server.on('upgrade', guardUpgrades({ limiter: limited.limiter }).upgrade(listener))`.
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function rateLimit<L extends HttpLimiter = RateLimiter>(
  options: RateLimitOptions & { readonly limiter?: L | undefined },
): RateLimitMiddleware<L> {
  const gate = createGate(options, reader, ['handler']);
  const { handler } = options;

  function rateLimit(request: AnyRequest, response: AnyResponse, next: NextFunction): void {
    const passes = (outcome: Outcome) => isPassed(outcome, request, response, next);
    const outcome = gate.decide(request); // what it throws, Express hands to its error handler
    if (isPromise(outcome)) goOnLater(response, outcome, gate, { passes, next, failed: next });
    else if (passes(outcome)) next();
  }

  function isPassed(outcome: Outcome, request: Request, response: Response, next: NextFunction): boolean {
    const { decision, refusal } = outcome;
    if (decision !== undefined) setRequestDecision(request, decision);
    prepareServerResponse(response, outcome, outcome.headers());
    if (refusal === undefined) return true;
    if (handler === undefined || decision === undefined) {
      sendRefusal(response, refusal);
      return false;
    }
    response.statusCode = refusal.status;
    notify(
      () => handler(request, response, next, decision),
      (thrown) => next(thrownBy('handler', thrown)),
    );
    return false;
  }

  return Object.assign(rateLimit, gateCalls<Request, L>(gate));
}
