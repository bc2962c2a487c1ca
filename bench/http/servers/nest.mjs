import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { order } from '../order.mjs';

/** A module, and the guard that it brings. */
export const LIMITERS = {
  async headgate(options) {
    const { RateLimitModule, RateLimitGuard } = await import('headgate/nest');
    return { module: RateLimitModule.forRoot(options), guard: RateLimitGuard };
  },
  async peer({ limit, windowMs }) {
    const { ThrottlerGuard, ThrottlerModule } = await import('@nestjs/throttler');
    return { module: ThrottlerModule.forRoot([{ ttl: windowMs, limit }]), guard: ThrottlerGuard };
  },
};

/** On Express, as most are. Decorators are called by hand: this is JavaScript. */
export async function serve(limiter) {
  class Orders {
    hello() {
      return 'hello';
    }

    order() {
      return order();
    }
  }
  Controller()(Orders);
  route(Orders, 'hello', '/');
  route(Orders, 'order', '/order');

  class App {}
  const providers = limiter === undefined ? [] : [{ provide: APP_GUARD, useClass: limiter.guard }];
  const imports = limiter === undefined ? [] : [limiter.module];
  Module({ imports, controllers: [Orders], providers })(App);

  const app = await NestFactory.create(App, { logger: ['error'] });
  await app.init();
  return app.getHttpServer();
}

function route({ prototype }, method, path) {
  Get(path)(prototype, method, Object.getOwnPropertyDescriptor(prototype, method));
}
