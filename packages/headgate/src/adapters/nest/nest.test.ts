import 'reflect-metadata';
import { All, Controller, createParamDecorator, type ExecutionContext, Get, Param, Res } from '@nestjs/common';
import { httpSuite } from '../../../test/http/suite.js';
import { decorate, parameter } from '../../../test/nest/decorate.js';
import { GUARDED, start } from '../../../test/nest/start.js';
import { RateLimitModule, RateLimits } from './nest.js';

/** The context of the call, and the service, which an application would inject. */
const call = createParamDecorator((_data: unknown, context: ExecutionContext) => ({ context, rateLimits: limits() }));
let limits = (): RateLimits => {
  throw new Error('no application has been started');
};

class Routes {
  ok() {
    return 'ok';
  }
  item() {
    return 'item';
  }
  status(code: string, response: { status(code: number): unknown }) {
    response.status(Number(code));
    return 'status';
  }
  throws() {
    throw new Error('the handler failed');
  }
  hangs() {
    return new Promise(() => {});
  }
  async reset({ rateLimits, context }: { rateLimits: RateLimits; context: ExecutionContext }) {
    const keys = await rateLimits.keysOf(context);
    await rateLimits.reset(context);
    return JSON.stringify(keys);
  }
}
decorate(Routes, [Controller()], {
  ok: [All('ok')],
  item: [Get('items/:id')],
  status: [Get('status/:code'), parameter(0, Param('code')), parameter(1, Res({ passthrough: true }))],
  throws: [Get('throws')],
  hangs: [Get('hangs')],
  reset: [Get('reset'), parameter(0, call())],
});

type Middleware = (
  request: { headers: Record<string, string>; user?: object },
  response: object,
  next: () => void,
) => void;

const signIn: Middleware = (request, _response, next) => {
  const id = request.headers['x-test-user'];
  if (id !== undefined) request.user = { id };
  next();
};

for (const platform of ['express', 'fastify'] as const)
  httpSuite({
    name: `Nest on ${platform}`,
    skip: {
      'a handler that throws or rejects, with an error or without, ends in an error and lets nothing through':
        'Nest has none: a denial is an exception',
    },
    start: (limiters) => {
      const imports = [RateLimitModule.forRoot(limiters)];
      return start(platform, { imports, controllers: [Routes], providers: [GUARDED] }, (app) => {
        app.use(signIn);
        limits = () => app.get(RateLimits);
      });
    },
  });
