import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { RateLimitGuard, RateLimitModule } from 'headgate/nest';

class AppController {
  hello() {
    return 'hello\n';
  }
}

class AppModule {}

// What TypeScript makes of `@Get() hello()`, `@Controller() class AppController` and `@Module({ … }) class AppModule`.
Get()(AppController.prototype, 'hello', Object.getOwnPropertyDescriptor(AppController.prototype, 'hello'));
Controller()(AppController);
Module({
  imports: [RateLimitModule.forRoot({ limit: 3, windowSeconds: 60, trustProxy: 'loopback' })],
  controllers: [AppController],
  providers: [{ provide: APP_GUARD, useClass: RateLimitGuard }],
})(AppModule);

/** Three requests a minute for each client, on a free port of this machine. */
export async function start() {
  const app = await NestFactory.create(AppModule, { logger: ['error'], forceCloseConnections: true });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}
