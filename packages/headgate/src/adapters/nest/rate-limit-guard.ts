import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { isPromise, type MaybePromise, whenKnown } from '../../http/callbacks/maybe-promise.js';
import type { Gate } from '../../http/gate.js';
import type { HttpDecision } from '../../http/key/client.js';
import type { Outcome, Refusal } from '../../http/outcome.js';
import { setRequestDecision } from '../express-decision.js';
import { endCall, settleWithCall } from './call/call-end.js';
import { sendJsonAs } from './call/content-type.js';
import type { GuardedCall } from './call/guarded-call.js';
import { type RequestResponse, requestResponseOf } from './call/request-response.js';
import { setHeaders } from './call/set-headers.js';
import { RateLimitException, wsException } from './exceptions.js';
import { common } from './peers.js';
import { RateLimits } from './rate-limits.js';

/**
 * Holds calls to the limits of `RateLimitModule`: all requests and operations of GraphQL as
 * `{ provide: APP_GUARD, useClass: RateLimitGuard }`, or those of what has `@UseGuards(RateLimitGuard)`. A call that
 * two of them guard counts once.
 *
 * - **HTTP**: a denial is a `RateLimitException`, with the headers set. `request.rateLimit` is the decision.
 * - **GraphQL**: each call of a resolver counts, so a query with a field a hundred times over, by aliases, counts a
 *   hundred. Resolvers of fields below count too where `fieldResolverEnhancers` has `'guards'`.
 * - **WebSockets**: Nest has no global guards there, so a gateway needs `@UseGuards()`. Each message counts, and a
 *   denial is a `WsException`, which with `ws` only a filter of yours can send. Behind a proxy the address of `ws` is
 *   the proxy's, unless `getRequestResponse` answers the request that was upgraded, kept by `handleConnection`.
 * - **Microservices** are let through: a message has no address.
 *
 * What reaches no handler reaches no guard: a path without a route, a query that asks for `__typename` or the schema, one
 * that is not valid. `app.use(rateLimit(…))` of `headgate/express`, or `app.register(rateLimit, …)` of `headgate/fastify`,
 * in front counts each HTTP request.
 *
 * A subclass may override the protected methods. It needs no constructor, and may have any.
 */
export class RateLimitGuard implements CanActivate {
  /** Set by Nest. */
  protected readonly rateLimits!: RateLimits;

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const gates = this.rateLimits.gatesOf(context.getClass(), context.getHandler());
    if (gates.length === 0) return true;
    return whenKnown(this.shouldSkip(context), (skipped) => skipped || this.#pass(context, gates));
  }

  /** Whether to let a call through without looking at it; `false` by default. */
  protected shouldSkip(_context: ExecutionContext): MaybePromise<boolean> {
    return false;
  }

  /** The request and the response of a call; without a request it is let through, without a response nothing is set. */
  protected getRequestResponse(context: ExecutionContext): RequestResponse | undefined {
    return requestResponseOf(context);
  }

  /** What a denied call throws. */
  protected createException(context: ExecutionContext, refusal: Refusal, decision: HttpDecision | undefined): Error {
    if (context.getType() === 'ws') return wsException(refusal, decision);
    return new RateLimitException(refusal, decision);
  }

  #pass(context: ExecutionContext, gates: readonly Gate<GuardedCall>[]): MaybePromise<boolean> {
    const found = this.getRequestResponse(context);
    if (found === undefined) return true;
    const call = { context, request: found.req };
    const from = (start: number): MaybePromise<boolean> => {
      for (let i = start; i < gates.length; i++) {
        const outcome = (gates[i] as Gate<GuardedCall>).decide(call);
        if (isPromise(outcome))
          return outcome.then((known) => {
            this.#answer(context, found, known);
            return from(i + 1);
          });
        this.#answer(context, found, outcome);
      }
      return true;
    };
    return from(0);
  }

  #answer(context: ExecutionContext, { req, res }: RequestResponse, outcome: Outcome): void {
    const { decision, refusal } = outcome;
    const isHttp = context.getType() === 'http';
    if (decision !== undefined) {
      if (isHttp) setRequestDecision(req, decision);
      else req.rateLimit = decision; // an operation's or a message's own
    }
    if (res !== undefined) setHeaders(res, outcome, isHttp ? outcome.settle : settlingTurnedAway(outcome));
    if (outcome.settle !== undefined && !isHttp) settleWithCall(context, outcome.settle);
    if (refusal === undefined) return;
    if (!isHttp) endCall(context, refusal.status); // what others of these limits took
    if (res !== undefined && isHttp) sendJsonAs(refusal.contentType, res);
    throw withoutStack(() => this.createException(context, refusal, decision));
  }
}

const TURNED_AWAY = 403;

/** At the end of its response a call is settled that never came to its handler: another guard has turned it away. */
function settlingTurnedAway({ settle }: Outcome): Outcome['settle'] {
  return settle && ((status, aborted) => settle(Math.max(status, TURNED_AWAY), aborted));
}

/** A denial is no bug, and to note where it was thrown takes longer than to answer it. */
function withoutStack(make: () => Error): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

common.Injectable()(RateLimitGuard);
// A property and no parameter, so that a subclass is free to have a constructor of its own.
common.Inject(RateLimits)(RateLimitGuard.prototype, 'rateLimits');
