import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { WsException } from '@nestjs/websockets';
import { describe, expect, it } from 'vitest';
import { RateLimitGuard, RateLimitModule } from '../nest.js';
import { type GuardedCall, reader } from './guarded-call.js';
import { type ContextType, requestResponseOf } from './request-response.js';

class Handlers {
  handle() {}
}

function contextOf(type: ContextType, args: unknown[]): ExecutionContextHost {
  const context = new ExecutionContextHost(args, Handlers, Handlers.prototype.handle);
  context.setType(type);
  return context;
}

function callOf(type: ContextType, args: unknown[]): GuardedCall {
  const context = contextOf(type, args);
  return { context, request: requestResponseOf(context)?.req ?? {} };
}

const info = { fieldName: 'items', parentType: { name: 'Query' } };

describe('the request of an operation of GraphQL', () => {
  it('is the req of its context, with the response beside it or its own', () => {
    const [res, own] = [{ own: false }, { own: true }];
    const of = (ctx: object) => requestResponseOf(contextOf('graphql', [undefined, {}, ctx, info]));
    expect(of({ req: { url: '/' }, res })).toEqual({ req: { url: '/' }, res });
    expect(of({ req: { res: own } })).toMatchObject({ res: own });
    expect(of({ req: {} })).toEqual({ req: {}, res: undefined });
  });

  it("is that of the context's reply, where mercurius runs it", () => {
    const reply = { raw: {}, request: { url: '/' } };
    expect(requestResponseOf(contextOf('graphql', [undefined, {}, { reply }, info]))).toEqual({
      req: reply.request,
      res: reply,
    });
  });

  it('is found as well where a reference or a type is resolved', () => {
    const ctx = { req: { socket: { remoteAddress: '1.2.3.4' } } };
    for (const args of [
      [{}, ctx, info],
      [{}, ctx, info, { name: 'Item' }],
    ]) {
      const call = callOf('graphql', args);
      expect([reader.address(call), reader.route?.(call)]).toEqual(['1.2.3.4', 'Query.items']);
    }
  });

  it('is asked for where the context has none', () => {
    expect(() => requestResponseOf(contextOf('graphql', [undefined, {}, { user: 1 }, info]))).toThrow(
      'override getRequestResponse of RateLimitGuard',
    );
  });
});

describe('the request of a message', () => {
  it('has the address, the headers and the user that socket.io keeps', () => {
    const handshake = { address: '1.2.3.4', headers: { 'x-api-key': 'secret' } };
    const call = callOf('ws', [{ handshake, data: { user: 'ada' } }, 'hello', { cmd: 'say' }]);
    expect(reader.address(call)).toBe('1.2.3.4');
    expect(reader.header(call, 'x-api-key')).toBe('secret');
    expect(reader.user?.(call)).toBe('ada');
    expect([reader.method(call), reader.route?.(call), reader.path(call)]).toEqual(['MESSAGE', '{"cmd":"say"}', '']);
  });
});

describe('RateLimitGuard', () => {
  it('lets messages of microservices through, and denies sockets of any kind', async () => {
    const metadata = {
      module: class Root {},
      imports: [RateLimitModule.forRoot({ limit: 0, windowSeconds: 60 })],
      providers: [RateLimitGuard],
    };
    const app = await NestFactory.createApplicationContext(metadata, { logger: false, abortOnError: false });
    const guard = app.get(RateLimitGuard);
    expect(guard.canActivate(contextOf('rpc', ['data', {}]))).toBe(true);
    for (const client of [{ handshake: { address: '1.2.3.4', headers: {} } }, { _socket: {} }, {}])
      expect(() => guard.canActivate(contextOf('ws', [client, 'hello', 'say']))).toThrow(WsException);
    await app.close();
  });
});
