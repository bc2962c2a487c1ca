import 'reflect-metadata';
import { type CanActivate, Controller, Get, type INestApplication, Module, type Type } from '@nestjs/common';
import { APP_GUARD, NestFactory, Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  ThrottlerGuard,
  ThrottlerModule,
  type ThrottlerOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { Running } from '../http/framework.js';

/** A server of Nest behind the guard of @nestjs/throttler; `GET /fails` answers 500. A client is told by `x-client`. */
export async function startThrottled(throttlers: ThrottlerOptions[], storage: ThrottlerStorage): Promise<Running> {
  const getTracker = (request: { headers: Record<string, string> }) => request.headers['x-client'] ?? 'anybody';
  const app: INestApplication = await NestFactory.create(moduleOf({ throttlers, storage, getTracker }), {
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

/** The decorators are called by hand: what runs the tests emits no types of parameters for them. */
function moduleOf(options: object): Type {
  class AnyController {
    answer() {
      return 'ok';
    }

    fails() {
      throw new Error('the handler failed');
    }
  }
  for (const [path, name] of [
    ['/', 'answer'],
    ['/fails', 'fails'],
  ] as const)
    Get(path)(AnyController.prototype, name, Object.getOwnPropertyDescriptor(AnyController.prototype, name) as never);
  Controller()(AnyController);

  class AnyModule {}
  Module({
    imports: [ThrottlerModule.forRoot(options as never)],
    controllers: [AnyController],
    providers: [
      {
        provide: APP_GUARD,
        useFactory: async (...injected: ConstructorParameters<typeof ThrottlerGuard>): Promise<CanActivate> => {
          const guard = new ThrottlerGuard(...injected);
          await guard.onModuleInit();
          return guard;
        },
        inject: [getOptionsToken(), getStorageToken(), Reflector],
      },
    ],
  })(AnyModule);
  return AnyModule;
}
