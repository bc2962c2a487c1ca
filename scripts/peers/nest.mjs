import 'reflect-metadata';
import { Controller, Get, Module, Req } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { RateLimitGuard, RateLimitModule } from 'headgate/nest';
import { twice } from './twice.mjs';

class Index {
  index(request) {
    return request.rateLimit.key;
  }
}
Controller()(Index);
Get()(Index.prototype, 'index', Object.getOwnPropertyDescriptor(Index.prototype, 'index'));
Req()(Index.prototype, 'index', 0);
class App {}
Module({
  imports: [RateLimitModule.forRoot({ limit: 1, windowSeconds: 60 })],
  controllers: [Index],
  providers: [{ provide: APP_GUARD, useClass: RateLimitGuard }],
})(App);
const app = await NestFactory.create(App, { logger: false });
await app.init();
await twice(app.getHttpServer());
await app.close();
