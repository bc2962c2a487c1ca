import type { CallOptions, Cost, Decision, Policy, PolicyOptions } from '@headgate/core-ts';
import type { RateLimiterOptions } from '../../backend/rate-limiter.js';
import type { HeaderNames } from '../answer/header-names.js';
import type { MaybePromise } from '../callbacks/maybe-promise.js';
import type { Ipv6Subnet } from '../key/address/ipv6-subnet.js';
import type { Client, HttpDecision } from '../key/client.js';
import type { KeyOption } from '../key/key.js';
import type { TrustProxy } from '../key/proxies/proxies.js';

/** What decides: a `RateLimiter`, or one that answers promises. */
export interface HttpLimiter {
  readonly policies: readonly Policy[];
  /** `options`: where the middleware's limit is a function of the request, what it answered. */
  check(key: string, cost?: Cost, options?: Pick<CallOptions, 'limit'>): MaybePromise<Decision>;
  reserve(key: string, estimate?: Cost, options?: Pick<CallOptions, 'limit'>): MaybePromise<Reserved>;
  /** Forgets a key; whether there was one. Without it a client's count can't be reset. */
  reset?(key: string): MaybePromise<boolean>;
}

/** What a request took, to be settled when its response has ended. */
export interface Reserved {
  readonly decision: Decision;
  commit(actual: Cost): MaybePromise<Decision>;
  cancel(): MaybePromise<Decision>;
}

/** How a request ended. */
export interface Ended {
  /**
   * The status that was sent, or was about to be when the client went away. Of an upgrade the one that its listener
   * wrote to the socket; of GraphQL and WebSockets in Nest 200, or the status of what the handler threw, or else 500.
   */
  readonly status: number;
  /**
   * Whether the client went away before the whole response was handed to the operating system, or over HTTP/2 to the
   * client's flow control. What was handed over and never read, or lost on its way, is not told: `false`.
   */
  readonly aborted: boolean;
}

/** A generation of the IETF's fields; `'latest'` is draft-ietf-httpapi-ratelimit-headers-11. */
export type Standard = 'draft-6' | 'draft-7' | 'draft-8' | 'latest';

/** One of several policies, whose limit may be a function of the request. */
export interface RequestPolicy<R> extends Omit<PolicyOptions, 'limit'> {
  readonly limit: number | ((request: R) => MaybePromise<number>);
}

/** The numbers of the limiter behind a middleware; all of it is plain JSON but for functions and the clock. */
export interface LimiterOptions<R> extends Omit<RateLimiterOptions, 'limit' | 'limits'> {
  /**
   * Units per window, or a function of the request that answers so many: what the client's plan allows, say. A key has
   * one count, whatever its requests are allowed.
   */
  readonly limit?: number | ((request: R) => MaybePromise<number>) | undefined;
  /** Several policies for each request, all or nothing; the limit of each may be a function of the request. */
  readonly limits?: readonly RequestPolicy<R>[] | undefined;
  /** A limiter that is there already, in place of all numbers: to share one, or to reset keys by hand. */
  readonly limiter?: HttpLimiter | undefined;
}

/** Who a request comes from. */
export interface IdentityOptions<R> {
  /**
   * What requests are counted by; `'ip'` by default. `'user'` and `'apiKey'` fall back on the address. `'route'` is the
   * matched pattern, and one for all that is unmatched; `'path'` and `'method'` are what the client writes, which can be
   * new each time. A function answers a string that is not empty, or a promise of one. A list counts by all of its
   * parts together.
   */
  readonly key?: KeyOption<R> | undefined;
  /**
   * The proxies whose word about the client's address is taken: addresses and CIDR ranges, the presets `loopback`,
   * `link-local`, `private`, `cgnat` and `cloudflare`, or the number of proxies. `'framework'` takes what Express, Fastify,
   * Koa or Nest is told of them. `false`, the default, takes the socket's address; on a Unix socket that is 127.0.0.1.
   */
  readonly trustProxy?: TrustProxy | undefined;
  /** Where proxies say it: `'x-forwarded-for'` by default, `'forwarded'` (RFC 7239), or a header of yours. */
  readonly forwardedHeader?: string | undefined;
  /**
   * How many bits of an IPv6 address count, 1 to 128; 64 by default, since one client has all of a /64, and of 6to4 at
   * most 48. Or a function of the address, or a list of ranges that have their own.
   */
  readonly ipv6Subnet?: Ipv6Subnet | undefined;
  /** Clients whose address can't be read share one key by default; `'refuse'` answers them with 400. */
  readonly unknownAddress?: 'share' | 'refuse' | undefined;
  /**
   * The signed-in user, where the framework's own notion of it is not yours: an id, an object with one, or a promise of
   * either. Who has no id counts by address.
   */
  readonly user?: ((request: R) => unknown) | undefined;
  /**
   * The header of the API key: name the one that your application checks, and no other is read. By default it is
   * `'x-api-key'` or a bearer token, and a request with both, where they differ, counts by its address.
   */
  readonly apiKeyHeader?: string | undefined;
}

/** Which requests count, and for how much. */
export interface CountingOptions<R> {
  /**
   * Units that a request takes: a whole number from 0 up; 1 by default. Or so many of each policy by its name, e.g.
   * `{ requests: 1, bytes: 800 }`; or a function of the request that answers either.
   */
  readonly cost?: Cost | ((request: R) => MaybePromise<Cost>) | undefined;
  /** Requests that are let through without being looked at. */
  readonly skip?: ((request: R, client: Client) => MaybePromise<boolean>) | undefined;
  /** Only these methods; `GET` stands for `HEAD` too. */
  readonly methods?: readonly string[] | undefined;
  readonly skipMethods?: readonly string[] | undefined;
  /**
   * Whether a CORS preflight (`OPTIONS` with `Origin` and `Access-Control-Request-Method`) goes by uncounted; `true` by
   * default. A page could not read its denial, and can't help sending it. Any other `OPTIONS` counts.
   */
  readonly skipPreflights?: boolean | undefined;
  /**
   * Only these paths: `'/login'`, `'/api/*'`, or a RegExp. Case, escapes, doubled and trailing slashes make no
   * difference. A request is limited where its path matches as it came or as it
   * is routed. A path that routers read in different ways (with `..`, `\` or `#`, or `//` in front) is limited always.
   */
  readonly paths?: readonly (string | RegExp)[] | undefined;
  /** None of these paths, as they are written, unless routers read them in different ways. */
  readonly skipPaths?: readonly (string | RegExp)[] | undefined;
  /** Gives back what a response with a status from 400 up took. A client that goes away before gets nothing back. */
  readonly skipFailedRequests?: boolean | undefined;
  /** Gives back what a response with a status below 400 took: only failed logins count, say. */
  readonly skipSuccessfulRequests?: boolean | undefined;
  /** Whether a request counts, now that it has ended; what it took is given back otherwise. */
  readonly countIf?: ((ended: Ended, request: R) => MaybePromise<boolean>) | undefined;
}

/** What clients are told. */
export interface AnswerOptions<R> {
  /** The status of a denial; 429 by default. */
  readonly statusCode?: number | undefined;
  /** The `detail` of a denial's JSON, or an object that is all of it; or a function that answers either. */
  readonly message?:
    | string
    | object
    | ((request: R, decision: HttpDecision) => MaybePromise<string | object>)
    | undefined;
  /** Denials as `application/problem+json` (RFC 9457) of the type quota-exceeded. */
  readonly problemDetails?: boolean | undefined;
  /** `false` sends neither rate limit headers nor `Retry-After`. */
  readonly headers?: boolean | undefined;
  /** Sends the fields of the IETF's draft in place of `X-RateLimit-*`. */
  readonly standard?: Standard | undefined;
  /** Sends `X-RateLimit-*` beside the fields of `standard`. */
  readonly legacyHeaders?: boolean | undefined;
  /**
   * Other names for `X-RateLimit-Limit`, `-Remaining`, `-Reset` and `Retry-After`, e.g. `{ limit: 'X-Quota' }`; `false`
   * leaves one out. The IETF's fields keep theirs.
   */
  readonly headerNames?: HeaderNames | undefined;
  /** `X-RateLimit-Reset` in seconds from now, the default, or as a Unix time in seconds. */
  readonly resetFormat?: 'seconds' | 'epoch' | undefined;
}

/** How a limiter is run. */
export interface OperationOptions<R> {
  /**
   * Decides, counts and reports, but lets everything through and sends no headers: to try a limit out. So does what
   * fails: one warning for each function that does, and each time an event on `headgate:let-through`.
   */
  readonly dryRun?: boolean | undefined;
  /**
   * Told of each denial, also in a dry run. What it throws ends the request in an error; what it rejects with is a
   * warning, since the request doesn't wait for it.
   */
  readonly onLimited?: ((request: R, decision: HttpDecision) => void) | undefined;
  /**
   * What an error of the engine comes to: `'throw'` (the default), `'closed'` answers 503, and `'open'` lets through:
   * the first time with a warning, and each time with an event on `headgate:let-through`.
   */
  readonly onEngineError?: 'throw' | 'open' | 'closed' | undefined;
  /**
   * How long `skip`, `key`, `cost`, `limit` and the limiter may take together where they answer promises, in
   * milliseconds; 10,000 by default, 0 or `false` for as long as they like. What takes longer is an error of the
   * engine. `countIf` has the same time, and a request counts where it takes longer.
   */
  readonly decideWithinMs?: number | false | undefined;
  /** Where warnings go; `console.warn` by default. What it throws or rejects with ends nothing. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** What all middlewares take; each adds its own `handler`. */
export interface HttpOptions<R>
  extends LimiterOptions<R>,
    IdentityOptions<R>,
    CountingOptions<R>,
    AnswerOptions<R>,
    OperationOptions<R> {}
