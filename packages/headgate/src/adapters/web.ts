import { answered } from '../http/callbacks/callbacks.js';
import type { MaybePromise } from '../http/callbacks/maybe-promise.js';
import { createGate } from '../http/create-gate.js';
import type { HttpDecision } from '../http/key/client.js';
import type { HttpLimiter, HttpOptions } from '../http/options/options.js';
import { runtimeAddress } from '../http/platform/web/runtime-address.js';
import { addressReader, type WebAddressOptions, withPlatformsTrust } from '../http/platform/web/web-address.js';
import { type Incoming, pathOfUrl, requestOf } from '../http/platform/web/web-request.js';
import { refusalResponse, withHeaders } from '../http/platform/web/web-response.js';
import { settlingByAnswer } from '../http/platform/web/web-settling.js';
import type { Reader } from '../http/reader.js';

export type { WebAddressOptions } from '../http/platform/web/web-address.js';
export type { Incoming } from '../http/platform/web/web-request.js';

import type { RateLimiter } from '../backend/rate-limiter.js';

// biome-ignore lint/suspicious/noExplicitAny: what is beside the request is the runtime's, each with a type of its own
type Beside = any[];

export interface RateLimitOptions<R extends Incoming = Request>
  extends HttpOptions<R>,
    WebAddressOptions<[R, ...Beside]> {
  /** Answers a denied request in place of the JSON, with a status of its own; the headers are added. */
  readonly handler?: ((request: R, decision: HttpDecision) => MaybePromise<Response>) | undefined;
}

/** What came of a request, where no handler is wrapped. */
export interface Checked {
  /** What was decided; `undefined` where the request was not looked at. */
  readonly decision: HttpDecision | undefined;
  /** What to answer in place of going on; `undefined`: go on. */
  readonly response: Response | undefined;
  /** Adds the headers to what is answered, or to a copy of it, and settles what the request took by its status. */
  finish<S>(answer: S): S | Response;
  /** Settles what the request took by a status alone: 500 where a handler threw. */
  settle(status: number): void;
}

export interface Limited<R extends Incoming = Request, L extends HttpLimiter = RateLimiter> {
  /**
   * Wraps a handler: of Next.js, Bun, Deno or Workers; with events for requests, of Remix, SvelteKit or Astro. All
   * further arguments are passed on. The promise rejects with what deciding, or the handler, threw.
   */
  <Q extends R, A extends unknown[], S>(
    handler: (request: Q, ...beside: A) => MaybePromise<S>,
  ): (request: Q, ...beside: A) => Promise<S | Response>;
  /** Asks without a handler to wrap: in a middleware or a hook. `beside`: what the runtime hands beside the request. */
  check(request: R, ...beside: Beside): Promise<Checked>;
  /** What decides: the limiter that was given, or the one that was made of the numbers. */
  readonly limiter: L;
  /** What it counted a request by, or would. */
  keyOf(request: R, ...beside: Beside): MaybePromise<string>;
  /** Forgets what the client of a request has used: after a login that worked, say. Whether there was anything. */
  reset(request: R, ...beside: Beside): MaybePromise<boolean>;
}

const reader: Omit<Reader<Incoming>, 'address'> = {
  method: (incoming) => requestOf(incoming).method,
  path: (incoming) => pathOfUrl(requestOf(incoming).url),
  header: (incoming, name) => requestOf(incoming).headers.get(name) ?? undefined,
  requestScope: requestOf,
};

/**
 * A limit for whatever answers a `Response` to a `Request`.
 *
 * ```ts
 * const limited = rateLimit({ limit: 100, windowSeconds: 60 });
 * Deno.serve(limited((request, info) => new Response('hello')));
 *
 * // SvelteKit
 * const hooked = rateLimit({ limit: 100, windowSeconds: 60, address: (_request, event) => event.getClientAddress() });
 * export async function handle({ event, resolve }) {
 *   const { response, finish } = await hooked.check(event.request, event);
 *   return response ?? finish(await resolve(event));
 * }
 * ```
 *
 * A request is settled when its handler has answered, whether the body streams or not.
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function rateLimit<R extends Incoming = Request, L extends HttpLimiter = RateLimiter>(
  options: RateLimitOptions<R> & { readonly limiter?: L | undefined },
): Limited<R, L> {
  const besides = new WeakMap<R, Beside>();
  const read = addressReader<[R, ...Beside]>(
    options,
    (incoming, first) => runtimeAddress(requestOf(incoming), first),
    requestOf,
  );
  const address = (incoming: R) => read(incoming, ...(besides.get(incoming) ?? []));
  const gate = createGate(withPlatformsTrust(options), { ...reader, address }, ['address', 'handler']);
  const { handler } = options;

  function note(incoming: R, beside: Beside): void {
    if (beside.length > 0) besides.set(incoming, beside);
  }

  function keyOf(incoming: R, ...beside: Beside): MaybePromise<string> {
    note(incoming, beside);
    return gate.keyOf(incoming);
  }

  function reset(incoming: R, ...beside: Beside): MaybePromise<boolean> {
    note(incoming, beside);
    return gate.reset(incoming);
  }

  async function check(incoming: R, ...beside: Beside): Promise<Checked> {
    note(incoming, beside);
    const outcome = await gate.decide(incoming);
    const { decision, refusal } = outcome;
    const headers = outcome.headers();
    const settle = outcome.settle ? settlingByAnswer(requestOf(incoming), outcome.settle) : () => {};
    const denied =
      refusal === undefined || handler === undefined || decision === undefined
        ? refusal && refusalResponse(refusal)
        : await answered(() => handler(incoming, decision));
    return {
      decision,
      response: denied && withHeaders(denied, headers),
      finish(answer) {
        settle(answer instanceof Response ? answer.status : 200);
        return answer instanceof Response && !outcome.isOverruled() ? withHeaders(answer, headers) : answer;
      },
      settle,
    };
  }

  function limited<Q extends R, A extends unknown[], S>(handler: (request: Q, ...beside: A) => MaybePromise<S>) {
    return async (incoming: Q, ...beside: A): Promise<S | Response> => {
      const { response, finish, settle } = await check(incoming, ...beside);
      if (response !== undefined) return response;
      let answer: S;
      try {
        answer = await handler(incoming, ...beside);
      } catch (thrown) {
        if (thrown instanceof Response) throw finish(thrown);
        settle(statusOf(thrown));
        throw thrown;
      }
      return finish(answer);
    };
  }

  return Object.assign(limited, { check, keyOf, reset, limiter: gate.limiter as L });
}

/** SvelteKit throws its redirects and expected errors as objects with a status; an `Error` is one that nobody expects. */
function statusOf(thrown: unknown): number {
  const { status } = Object(thrown) as { readonly status?: unknown };
  return !(thrown instanceof Error) && Number.isInteger(status) ? (status as number) : 500;
}
