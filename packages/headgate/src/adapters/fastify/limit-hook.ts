import { oneOf } from '@headgate/core-ts';
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { notify, thrownBy } from '../../http/callbacks/callbacks.js';
import { goOnLater } from '../../http/callbacks/later.js';
import { isPromise, type MaybePromise, whenKnown } from '../../http/callbacks/maybe-promise.js';
import { createGate } from '../../http/create-gate.js';
import { behindMount } from '../../http/filter/path-forms.js';
import { gateCalls } from '../../http/gate.js';
import type { HttpDecision } from '../../http/key/client.js';
import { fastifyProxies } from '../../http/key/proxies/fastify-proxies.js';
import type { HttpLimiter, HttpOptions } from '../../http/options/options.js';
import type { Outcome } from '../../http/outcome.js';
import { nodeHasAny, nodeHeader, nodeRequestScope, nodeUser, pathOf } from '../../http/platform/node/node-request.js';
import { checkUnsent } from '../../http/platform/node/node-response.js';
import { peerAddress } from '../../http/platform/node/peer-address.js';
import { settleAtEnd } from '../../http/platform/node/server-response.js';
import type { Reader } from '../../http/reader.js';
import { routeOf } from './route.js';

/** Where in a request's life it can be decided on. */
export type HookName = 'onRequest' | 'preValidation' | 'preHandler';

/** What a route can have for itself. */
export interface RouteRateLimitOptions extends HttpOptions<FastifyRequest> {
  /**
   * `'onRequest'` by default, before the body is read; `'preHandler'` where `key` asks for the user, who is known by
   * then. A limit that asks nothing of the application decides in `'onRequest'` in the order of registration. Before one
   * that does, by `'user'` or a function of yours, come all other hooks of that name, the route's own too.
   */
  readonly hook?: HookName | undefined;
  /** Answers a denied request in place of the JSON, by `reply` or by what it returns; headers and status are set. */
  readonly handler?: ((request: FastifyRequest, reply: FastifyReply, decision: HttpDecision) => unknown) | undefined;
}

/** A hook of any of those names, for routes and servers of any type. */
export interface RateLimitHook<L extends HttpLimiter = HttpLimiter> {
  // biome-ignore lint/suspicious/noExplicitAny: a route's schema and its server make its request another type
  (request: any, reply: any, done: HookHandlerDoneFunction): void;
  /** What decides: the limiter that was given, or the one that was made of the numbers. */
  readonly limiter: L;
  /** What it counted a request by, or would. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  keyOf(request: any): MaybePromise<string>;
  /** Forgets what the client of a request has used: after a login that worked, say. Whether there was anything. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  reset(request: any): MaybePromise<boolean>;
}

const reader: Reader<FastifyRequest> = {
  method: ({ method }) => method,
  path: ({ originalUrl }) => pathOf(originalUrl),
  routedPaths: ({ url, server }) => [pathOf(url), behindMount(server.prefix, pathOf(url))],
  address: ({ socket }) => peerAddress(socket),
  proxies: fastifyProxies,
  header: nodeHeader,
  hasAny: ({ raw }, names) => nodeHasAny(raw, names),
  route: (request) => (request.is404 ? undefined : routeOf(request).url),
  user: nodeUser,
  requestScope: ({ raw }) => nodeRequestScope(raw),
};

/** Names of options that are read here, or that belong to `register` itself. */
const OURS = ['global', 'notFound', 'hook', 'handler', 'prefix', 'logLevel', 'logSerializers'];

/** @throws TypeError or RangeError for what is no name of a hook here. */
export function hookNameOf({ hook, key }: RouteRateLimitOptions): HookName {
  const byDefault = [key].flat().includes('user') ? 'preHandler' : 'onRequest';
  return oneOf('hook', hook ?? byDefault, ['onRequest', 'preValidation', 'preHandler']);
}

/**
 * Whether it can decide before others' hooks: nothing that it goes by is known only after them.
 */
export function isEarly(options: RouteRateLimitOptions): boolean {
  const { key, limits, cost, limit, skip, user } = options;
  if (hookNameOf(options) !== 'onRequest' || [key].flat().includes('user')) return false;
  const functions = [key, limits?.map((policy) => policy?.limit), cost, limit, skip, user].flat();
  return !functions.some((each) => typeof each === 'function');
}

/** @throws TypeError or RangeError for a bad option, with its name and value. */
export function limitHook(options: RouteRateLimitOptions): RateLimitHook {
  const gate = createGate(options, reader, OURS);
  const { handler } = options;

  function rateLimit(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    const failed = (error: unknown) => done(error as Error); // never `undefined`, which would be success
    const passes = (outcome: Outcome) => isPassed(outcome, request, reply, failed);
    const outcome = gate.decide(request); // what it throws, Fastify hands to its error handler
    if (isPromise(outcome)) goOnLater(reply.raw, outcome, gate, { passes, next: done, failed });
    else if (passes(outcome)) done();
  }

  function isPassed(
    outcome: Outcome,
    request: FastifyRequest,
    reply: FastifyReply,
    failed: (error: unknown) => void,
  ): boolean {
    const { decision, refusal } = outcome;
    if (decision !== undefined) request.rateLimit = decision;
    setHeaders(reply, outcome);
    if (refusal === undefined || reply.sent) return true; // of what is sent already, Fastify runs nothing further
    checkUnsent(reply.raw);
    reply.code(refusal.status);
    if (handler === undefined || decision === undefined) reply.type(refusal.contentType).send(refusal.body);
    else
      notify(
        () => whenKnown(handler(request, reply, decision), (answer) => sendAnswer(reply, answer)),
        (thrown) => failed(thrownBy('handler', thrown)),
      );
    return false;
  }

  return Object.assign(rateLimit, gateCalls(gate));
}

function setHeaders(reply: FastifyReply, outcome: Outcome): void {
  if (outcome.settle !== undefined) settleAtEnd(reply.raw, outcome.settle);
  for (const name of outcome.stale()) reply.removeHeader(name);
  const headers = outcome.headers();
  for (let i = 0; i < headers.length; i += 2) reply.header(lowerCase(headers[i] as string), headers[i + 1]);
}

const known = new Map<string, string>();

/** Fastify keeps names in lower case, and what is so already costs it less; there are a handful in all. */
function lowerCase(name: string): string {
  const lower = known.get(name) ?? name.toLowerCase();
  known.set(name, lower);
  return lower;
}

/** As of a route's handler: what it returns is sent; a reply is a promise of having been sent. */
function sendAnswer(reply: FastifyReply, answer: unknown): void {
  if (answer !== undefined) reply.send(answer);
}
