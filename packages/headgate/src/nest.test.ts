import 'reflect-metadata';
import { All, Controller, Get, Param, Res } from '@nestjs/common';
import { httpSuite } from '../test/http/suite.js';
import { decorate, parameter } from '../test/nest/decorate.js';
import { GUARDED, start } from '../test/nest/start.js';
import { RateLimitModule } from './nest.js';

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
}
decorate(Routes, [Controller()], {
  ok: [All('ok')],
  item: [Get('items/:id')],
  status: [Get('status/:code'), parameter(0, Param('code')), parameter(1, Res({ passthrough: true }))],
  throws: [Get('throws')],
  hangs: [Get('hangs')],
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
      return start(platform, { imports, controllers: [Routes], providers: [GUARDED] }, (app) => app.use(signIn));
    },
  });
