import type { Context, Next } from 'koa';
import type { RateLimiter } from '../backend/rate-limiter.js';
import { answered } from '../http/callbacks/callbacks.js';
import { isPromise, type MaybePromise } from '../http/callbacks/maybe-promise.js';
import { createGate } from '../http/create-gate.js';
import { gateCalls } from '../http/gate.js';
import type { HttpDecision } from '../http/key/client.js';
import type { FrameworkSetting } from '../http/key/proxies/framework-setting.js';
import type { HttpLimiter, HttpOptions } from '../http/options/options.js';
import type { Outcome, Refusal } from '../http/outcome.js';
import { nodeHasAny, nodeHeader, nodeRequestScope, pathOf } from '../http/platform/node/node-request.js';
import { checkUnsent } from '../http/platform/node/node-response.js';
import { peerAddress } from '../http/platform/node/peer-address.js';
import { prepareServerResponse, settleAtEnd, watchedForEnd } from '../http/platform/node/server-response.js';
import type { Reader } from '../http/reader.js';

declare module 'koa' {
  interface DefaultState {
    /** What headgate decided on this request. */
    rateLimit?: HttpDecision;
  }
}

export interface RateLimitOptions extends HttpOptions<Context> {
  /** Answers a denied request in place of the JSON; headers and status are set. It may throw, as `ctx.throw` does. */
  readonly handler?: ((ctx: Context, decision: HttpDecision) => unknown) | undefined;
}

export interface RateLimitMiddleware<L extends HttpLimiter = RateLimiter> {
  (ctx: Context, next: Next): Promise<void>;
  /** What decides: the limiter that was given, or the one that was made of the numbers. */
  readonly limiter: L;
  /** What it counted a request by, or would. */
  keyOf(ctx: Context): MaybePromise<string>;
  /** Forgets what the client of a request has used: after a login that worked, say. Whether there was anything. */
  reset(ctx: Context): MaybePromise<boolean>;
}

const reader: Reader<Context> = {
  method: ({ method }) => method,
  path: ({ originalUrl }) => pathOf(originalUrl),
  routedPaths: ({ url }) => [pathOf(url)],
  address: ({ req }) => peerAddress(req.socket),
  proxies: proxiesOf,
  header: ({ req }, name) => nodeHeader(req, name),
  hasAny: ({ req }, names) => nodeHasAny(req, names),
  route: routeOf,
  user: ({ state }) => state.user,
  requestScope: ({ req }) => nodeRequestScope(req),
};

/**
 * Middleware for Koa 2 and 3.
 *
 * ```ts
 * app.use(rateLimit({ limit: 100, windowSeconds: 60 }));
 * ```
 *
 * Koa drops all headers of a response that an error ends, but for those in the error's own `headers`, so that is
 * where these go as well.
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function rateLimit<L extends HttpLimiter = RateLimiter>(
  options: RateLimitOptions & { readonly limiter?: L | undefined },
): RateLimitMiddleware<L> {
  const gate = createGate(options, reader, ['handler']);
  const { handler } = options;

  async function rateLimit(ctx: Context, next: Next): Promise<void> {
    const decided = gate.decide(ctx);
    let outcome: Outcome;
    if (isPromise(decided)) {
      const isOver = watchedForEnd(ctx.res);
      outcome = await decided;
      if (isOver()) return leave(ctx, outcome);
    } else outcome = decided;
    const { decision, refusal } = outcome;
    if (decision !== undefined) ctx.state.rateLimit = decision;
    prepareServerResponse(ctx.res, outcome, outcome.headers());
    try {
      if (refusal === undefined) await next();
      else await refuse(ctx, refusal, decision);
    } catch (error) {
      keepHeaders(ctx, outcome, error);
      throw error;
    }
  }

  function refuse(ctx: Context, { status, contentType, body }: Refusal, decision: HttpDecision | undefined): unknown {
    if (ctx.headerSent) ctx.res.destroy(); // of an error Koa only tells then, and leaves the response open
    checkUnsent(ctx.res);
    ctx.respond = true; // who meant to answer without Koa hasn't begun
    ctx.status = status;
    if (handler !== undefined && decision !== undefined) return answered(() => handler(ctx, decision));
    ctx.set('Content-Type', contentType);
    ctx.body = body;
    return undefined;
  }

  return Object.assign(rateLimit, gateCalls<Context, L>(gate));
}

/** What has been answered meanwhile, or has nobody left to answer, goes no further. */
function leave(ctx: Context, { settle }: Outcome): void {
  if (settle !== undefined) settleAtEnd(ctx.res, settle);
}

/** Each with the value that it has now: another limiter, further in, may have told more. */
function keepHeaders(ctx: Context, outcome: Outcome, error: unknown): void {
  const names = outcome.headers().filter((name, i) => i % 2 === 0 && ctx.res.hasHeader(name));
  if (names.length === 0 || !(error instanceof Error)) return; // of what is no error, Koa makes one
  const kept = Object.fromEntries(names.map((name) => [name, ctx.response.get(name)]));
  Reflect.set(error, 'headers', { ...(error as { headers?: object }).headers, ...kept });
}

/** With `app.proxy` Koa believes all of the header, but for the last `maxIpsCount` of it alone where that is set. */
function proxiesOf({ app }: Context): FrameworkSetting | undefined {
  if (app?.proxy !== true) return undefined;
  const { maxIpsCount, proxyIpHeader } = app;
  return {
    name: maxIpsCount > 0 ? 'app.proxy' : 'app.proxy without app.maxIpsCount',
    trusts: (_address, hop) => hop < maxIpsCount,
    trustsEverybody: () => !(maxIpsCount > 0),
    header: proxyIpHeader.toLowerCase(),
  };
}

interface Layer {
  readonly path: unknown;
  readonly methods: readonly string[];
}

/**
 * The pattern that @koa/router matched. A router's own middleware sees its own pattern as `_matchedRoute`, and gets
 * that of the last route for this method.
 */
function routeOf({ matched = [], _matchedRoute, method }: Context): string | undefined {
  const routes = (matched as Layer[]).filter(({ methods }) => methods.includes(method)).map(({ path }) => path);
  const route = routes.includes(_matchedRoute) ? _matchedRoute : routes.at(-1);
  return route === undefined ? undefined : String(route);
}
