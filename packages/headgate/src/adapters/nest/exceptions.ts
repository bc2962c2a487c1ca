import type { HttpDecision } from '../../http/key/client.js';
import type { Refusal } from '../../http/outcome.js';
import { common, loadWebsockets } from './peers.js';

/** What a denied call throws, for exception filters to see. Its response is the JSON that the options ask for. */
export class RateLimitException extends common.HttpException {
  /** `undefined` where nothing could decide: the engine failed, or the client's address can't be read. */
  readonly decision: HttpDecision | undefined;

  constructor(refusal: Refusal, decision: HttpDecision | undefined) {
    const body = JSON.parse(refusal.body);
    super(body, refusal.status);
    if (typeof body.detail === 'string') this.message = body.detail;
    this.decision = decision;
  }

  /** GraphQL takes this over from what a resolver throws, into the error's own. */
  get extensions(): object {
    const status = this.getStatus();
    return { code: common.HttpStatus[status], status, ...retryField(this.decision) };
  }
}

/** What a socket is told: Nest hides from it what is no WsException. */
export function wsException(refusal: Refusal, decision: HttpDecision | undefined): Error {
  const { WsException } = loadWebsockets();
  return new WsException({ ...JSON.parse(refusal.body), status: refusal.status, ...retryField(decision) });
}

/** What can never fit has no time after which to retry. */
function retryField(decision: HttpDecision | undefined): { readonly retryAfterSeconds?: number } {
  if (decision === undefined || decision.retryAfterSeconds === Number.POSITIVE_INFINITY) return {};
  return { retryAfterSeconds: Math.max(1, decision.retryAfterSeconds) };
}
