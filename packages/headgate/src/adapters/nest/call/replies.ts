import type { HttpAdapterHost } from '@nestjs/core';
import type { NodeResponse } from '../../../http/platform/node/node-response.js';

// biome-ignore lint/suspicious/noExplicitAny: which request it is, and what is put on it, only the application knows
export type NestRequest = Record<string, any>;

/** Fastify's reply; Express's response is Node's own. */
export interface Reply {
  readonly raw: NodeResponse;
  header(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
}

type Hook = (request: NestRequest, reply: Reply, done: () => void) => void;

const replies = new WeakMap<object, Reply>();

/** On Fastify nothing leads from a request to its reply, and the context of an operation may have the request alone. */
export function noteReplies({ httpAdapter }: HttpAdapterHost): void {
  if (httpAdapter?.getType() !== 'fastify') return;
  const instance = httpAdapter.getInstance<{ addHook(name: 'onRequest', hook: Hook): unknown }>();
  instance.addHook('onRequest', (request, reply, done) => {
    replies.set(request.raw, reply);
    done();
  });
}

/** Of Fastify's request, or Node's own beneath it. */
export function replyOf(request: NestRequest): Reply | undefined {
  return replies.get(request.raw ?? request);
}
