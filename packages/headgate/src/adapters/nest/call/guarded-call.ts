import type { ExecutionContext } from '@nestjs/common';
import { expressProxies } from '../../../http/key/proxies/express-proxies.js';
import { fastifyProxies } from '../../../http/key/proxies/fastify-proxies.js';
import {
  nodeHasAny,
  nodeHeader,
  nodeRequestScope,
  nodeUser,
  pathOf,
} from '../../../http/platform/node/node-request.js';
import { peerAddress } from '../../../http/platform/node/peer-address.js';
import type { Reader } from '../../../http/reader.js';
import type { NestRequest } from './replies.js';
import { type ContextType, graphqlArgs } from './request-response.js';

/** One call of a guarded handler: what the functions among the options get. */
export interface GuardedCall {
  readonly context: ExecutionContext;
  /** Express's or Fastify's; of GraphQL the one that carried the operation; of a socket what is known of it. */
  readonly request: NestRequest;
}

/** What is no HTTP request is counted alike however it came: a query by GET as one by POST. */
const METHODS: Readonly<Record<ContextType, string | undefined>> = {
  http: undefined,
  graphql: 'POST',
  ws: 'MESSAGE',
  rpc: 'MESSAGE',
};

export const reader: Reader<GuardedCall> = {
  method: ({ context, request }) => METHODS[context.getType<ContextType>()] ?? request.method,
  path({ request }) {
    const url = request.originalUrl ?? request.url;
    return url === undefined ? '' : pathOf(url);
  },
  address: ({ request }) => peerAddress(request.socket),
  proxies: ({ request }) => (isFastify(request) ? fastifyProxies(request) : expressProxies(request)),
  header: ({ request }, name) => nodeHeader({ headers: request.headers ?? {} }, name),
  hasAny: ({ request }, names) => nodeHasAny(isFastify(request) ? request.raw : request, names),
  route: routeOf,
  user: ({ request }) => nodeUser(request) ?? nodeUser(request.raw ?? {}), // a middleware on Fastify sees the raw request
  requestScope({ context, request }) {
    if (context.getType() !== 'http') return context; // a resolver's or a message's own
    return nodeRequestScope(isFastify(request) ? request.raw : request);
  },
};

function isFastify(request: NestRequest): boolean {
  return request.routeOptions !== undefined;
}

function routeOf({ context, request }: GuardedCall): string | undefined {
  switch (context.getType<ContextType>()) {
    case 'graphql': {
      const { parentType, fieldName } = graphqlArgs(context).info;
      return `${parentType.name}.${fieldName}`;
    }
    case 'ws': {
      const pattern: unknown = context.switchToWs().getPattern();
      return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
    }
    default:
      if (isFastify(request)) return request.routeOptions.url;
      return request.route === undefined ? undefined : request.baseUrl + String(request.route.path);
  }
}
