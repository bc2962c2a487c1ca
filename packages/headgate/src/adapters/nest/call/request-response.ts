import { show } from '@headgate/core-ts';
import type { ExecutionContext } from '@nestjs/common';
import type { NodeResponse } from '../../../http/platform/node/node-response.js';
import { type NestRequest, type Reply, replyOf } from './replies.js';

export interface RequestResponse {
  readonly req: NestRequest;
  /** Where headers go, and whose end settles; without one, what was taken stays taken. */
  readonly res?: NodeResponse | Reply | undefined;
}

export type ContextType = 'http' | 'graphql' | 'ws' | 'rpc';

/** `undefined` for what has no request, such as a microservice's message. */
export function requestResponseOf(context: ExecutionContext): RequestResponse | undefined {
  switch (context.getType<ContextType>()) {
    case 'http':
      return { req: context.getArgByIndex(0), res: context.getArgByIndex(1) };
    case 'graphql':
      return ofOperation(graphqlArgs(context).ctx);
    case 'ws':
      return ofSocket(context.getArgByIndex(0));
    default:
      return undefined;
  }
}

interface GraphqlArgs {
  readonly ctx: GraphqlContext | undefined;
  readonly info: { readonly fieldName: string; readonly parentType: { readonly name: string } };
}

/** By convention the request is `req`; mercurius has it at its `reply`, and graphql-ws the one that was upgraded. */
interface GraphqlContext {
  readonly req?: NestRequest & { readonly res?: NodeResponse; readonly extra?: { readonly request?: NestRequest } };
  readonly res?: NodeResponse | Reply;
  readonly reply?: Reply & { readonly request: NestRequest };
}

/** A resolver gets `(root, args, ctx, info)`; what resolves a reference or a type gets no `args`. */
export function graphqlArgs(context: ExecutionContext): GraphqlArgs {
  const args = context.getArgs();
  const last = typeof args[3]?.fieldName === 'string' ? 3 : 2;
  return { ctx: args[last - 1], info: args[last] };
}

function ofOperation(ctx: GraphqlContext | undefined): RequestResponse {
  const req = ctx?.req ?? ctx?.reply?.request;
  if (req === undefined)
    throw new TypeError(
      `the context of GraphQL must have the request as req, got ${show(ctx)}: return it from the module's context function, or override getRequestResponse of RateLimitGuard`,
    );
  return { req: req.extra?.request ?? req, res: ctx?.res ?? ctx?.reply ?? req.res ?? replyOf(req) };
}

interface Socket {
  readonly user?: unknown;
  /** Of socket.io. */
  readonly handshake?: { readonly address: string; readonly headers: NestRequest };
  readonly data?: { readonly user?: unknown };
  /** Of ws. */
  readonly _socket?: { readonly remoteAddress?: string };
}

/** A message has no request. What of the one that was upgraded is kept: all of it by socket.io, by ws its socket. */
function ofSocket({ user, handshake, data, _socket: socket }: Socket): RequestResponse {
  if (handshake === undefined) return { req: { headers: {}, socket, user } };
  const { address: remoteAddress, headers } = handshake;
  return { req: { headers, socket: { remoteAddress }, user: user ?? data?.user } };
}
