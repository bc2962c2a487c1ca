import type { Context, MiddlewareHandler, Next } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import type { RateLimiter } from '../backend/rate-limiter.js';
import { answered } from '../http/callbacks/callbacks.js';
import { isPromise, type MaybePromise } from '../http/callbacks/maybe-promise.js';
import { createGate } from '../http/create-gate.js';
import { behindMount } from '../http/filter/path-forms.js';
import { gateCalls } from '../http/gate.js';
import type { HttpDecision } from '../http/key/client.js';
import type { HttpLimiter, HttpOptions } from '../http/options/options.js';
import type { Outcome, Refusal } from '../http/outcome.js';
import { prepareServerResponse } from '../http/platform/node/server-response.js';
import { readOrNone, runtimeOf } from '../http/platform/web/runtime.js';
import { runtimeAddress } from '../http/platform/web/runtime-address.js';
import { addressReader, type WebAddressOptions, withPlatformsTrust } from '../http/platform/web/web-address.js';
import { pathOfUrl } from '../http/platform/web/web-request.js';
import { withHeaders } from '../http/platform/web/web-response.js';
import { settlingByAnswer } from '../http/platform/web/web-settling.js';
import type { Reader } from '../http/reader.js';

export type { WebAddressOptions } from '../http/platform/web/web-address.js';

declare module 'hono' {
  interface ContextVariableMap {
    /** What headgate decided on this request. */
    rateLimit: HttpDecision | undefined;
  }
}

export interface RateLimitOptions extends HttpOptions<Context>, WebAddressOptions<[Context]> {
  /** Answers a denied request in place of the JSON; `c.status` is set, and the headers are added. */
  readonly handler?: ((c: Context, decision: HttpDecision) => Response | Promise<Response>) | undefined;
}

export interface RateLimitMiddleware<L extends HttpLimiter = RateLimiter> extends MiddlewareHandler {
  /** What decides: the limiter that was given, or the one that was made of the numbers. */
  readonly limiter: L;
  /** What it counted a request by, or would. */
  keyOf(c: Context): MaybePromise<string>;
  /** Forgets what the client of a request has used: after a login that worked, say. Whether there was anything. */
  reset(c: Context): MaybePromise<boolean>;
}

const reader: Omit<Reader<Context>, 'address'> = {
  method: ({ req }) => req.method,
  path: ({ req }) => pathOfUrl(req.url),
  routedPaths: (c) => [behindMount(mountOf(c), pathOfUrl(c.req.url))],
  header: ({ req }, name) => req.header(name),
  route: routeOf,
  user: (c) => c.get('user') ?? c.get('jwtPayload'),
  requestScope: (c) => c,
};

/**
 * Middleware for Hono 3 and 4, on all their runtimes.
 *
 * ```ts
 * app.use(rateLimit({ limit: 100, windowSeconds: 60 }));
 * ```
 *
 * The signed-in user is `c.get('user')`, or else the payload of `hono/jwt`. On @hono/node-server the headers go to
 * Node's own response, where they cost a third and `c.res` doesn't show them, and a request is settled when that has
 * ended; elsewhere when the handler has answered, whether its body streams or not.
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function rateLimit<L extends HttpLimiter = RateLimiter>(
  options: RateLimitOptions & { readonly limiter?: L | undefined },
): RateLimitMiddleware<L> {
  const address = addressReader(
    options,
    ({ req, env }) => runtimeAddress(req.raw, env),
    ({ req }) => req.raw,
  );
  const gate = createGate(withPlatformsTrust(options), { ...reader, address }, ['address', 'handler']);
  const { handler } = options;

  async function rateLimit(c: Context, next: Next): Promise<Response | undefined> {
    const decided = gate.decide(c);
    const outcome = isPromise(decided) ? await decided : decided;
    const { decision, refusal } = outcome;
    if (decision !== undefined) c.set('rateLimit', decision);
    const headers = outcome.headers();
    const outgoing = readOrNone(() => runtimeOf(c.env)?.outgoing);
    if (refusal !== undefined) {
      for (const name of outcome.stale()) outgoing?.removeHeader(name);
      return refuse(c, refusal, decision, headers);
    }
    if (outgoing === undefined) await passOn(c, next, outcome, headers);
    else {
      prepareServerResponse(outgoing, outcome, headers);
      await next();
    }
    return undefined;
  }

  async function refuse(
    c: Context,
    { status, contentType, body }: Refusal,
    decision: HttpDecision | undefined,
    headers: readonly string[],
  ): Promise<Response> {
    c.status(status as StatusCode);
    for (let i = 0; i < headers.length; i += 2) c.header(headers[i] as string, headers[i + 1]);
    if (handler === undefined || decision === undefined)
      return c.body(body, undefined, { 'Content-Type': contentType });
    return withHeaders(await answered(() => handler(c, decision)), headers);
  }

  return Object.assign(rateLimit, gateCalls<Context, L>(gate));
}

/**
 * The headers go on whatever the response is in the end, also where that is of an error, which Hono answers itself:
 * what Hono is told before, it leaves out of a `Response` that a handler made.
 */
async function passOn(c: Context, next: Next, outcome: Outcome, headers: readonly string[]): Promise<void> {
  const { settle } = outcome;
  const answered = settle && settlingByAnswer(c.req.raw, settle);
  try {
    await next();
  } catch (thrown) {
    answered?.(500); // only what is no Error comes this far
    throw thrown;
  }
  answered?.(c.res.status);
  if (outcome.isOverruled()) return;
  const response = withHeaders(c.res, headers);
  if (response !== c.res) c.res = response;
}

/** Where the app is mounted, by `route()` or `basePath()`, whose middleware this is. Hono 3 has it in its pattern alone. */
function mountOf({ req }: Context): string {
  const { basePath, path } = (req.matchedRoutes?.[req.routeIndex] ?? {}) as { basePath?: string; path?: string };
  return basePath ?? (path?.endsWith('/*') ? path.slice(0, -2) : '');
}

/**
 * The last pattern that matched and says more than `/*`: middleware for all routes comes before the handler, whose
 * pattern is the route's. (`matchedRoutes` of `hono/route` is the same, but younger than Hono 4.)
 */
function routeOf({ req }: Context): string | undefined {
  return req.matchedRoutes?.filter(({ path }) => path !== '/*').at(-1)?.path;
}
