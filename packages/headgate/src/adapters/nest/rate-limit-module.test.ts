import 'reflect-metadata';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { statuses } from '../../../test/http/client.js';
import { decorate } from '../../../test/nest/decorate.js';
import { GUARDED, serving } from '../../../test/nest/start.js';
import { RateLimiter } from '../../backend/rate-limiter.js';
import { optionsFromEnv } from '../../http/http.js';
import { RateLimit, RateLimitModule, type RateLimitOptionsFactory, RateLimits } from './nest.js';

const TWO = { limit: 2, windowSeconds: 60 } as const;

class Routes {
  home() {
    return 'home';
  }
}
decorate(Routes, [Controller()], { home: [Get()] });

class ModuleSettings {
  readonly limit = 2;
}
class SettingsModule {}
decorate(SettingsModule, [Module({ providers: [ModuleSettings], exports: [ModuleSettings] })]);

class Factory implements RateLimitOptionsFactory {
  async createRateLimitOptions() {
    return TWO;
  }
}
decorate(Factory, [Injectable()]);
class FactoryModule {}
decorate(FactoryModule, [Module({ providers: [Factory], exports: [Factory] })]);

describe('RateLimitModule', () => {
  it.each([
    ['forRoot', () => RateLimitModule.forRoot(TWO)],
    ['forRoot with a list', () => RateLimitModule.forRoot([{ limit: 9, windowSeconds: 60, name: 'wide' }, TWO])],
    [
      'forRoot with the environment',
      () => RateLimitModule.forRoot(optionsFromEnv({ HEADGATE_LIMIT: '2', HEADGATE_WINDOW_SECONDS: '60' })),
    ],
    [
      'forRootAsync with useFactory',
      () =>
        RateLimitModule.forRootAsync({
          imports: [SettingsModule],
          inject: [ModuleSettings],
          useFactory: async ({ limit }: ModuleSettings) => ({ limit, windowSeconds: 60 }),
        }),
    ],
    ['forRootAsync with useClass', () => RateLimitModule.forRootAsync({ useClass: Factory })],
    [
      'forRootAsync with useExisting',
      () => RateLimitModule.forRootAsync({ imports: [FactoryModule], useExisting: Factory }),
    ],
  ])('takes its options by %s', async (_name, make) => {
    await serving('express', { imports: [make()], controllers: [Routes], providers: [GUARDED] }, async (url) => {
      expect(await statuses(url, 3)).toEqual([200, 200, 429]);
    });
  });

  it('counts in each application apart', async () => {
    const metadata = { imports: [RateLimitModule.forRoot(TWO)], controllers: [Routes], providers: [GUARDED] };
    for (let i = 0; i < 2; i++)
      await serving('express', metadata, async (url) => expect(await statuses(url, 2)).toEqual([200, 200]));
  });

  it('refuses a bad @RateLimit() when the application starts, and says where it is', async () => {
    class Bad {
      login() {}
    }
    decorate(Bad, [Controller()], { login: [Get('login'), RateLimit({ limit: -1 })] });
    const metadata = { imports: [RateLimitModule.forRoot(TWO)], controllers: [Bad] };
    await expect(serving('express', metadata, async () => {})).rejects.toThrow(
      '@RateLimit() of Bad.login: limit must be a whole number from 0 to 9007199254740991, got -1',
    );
  });

  it('hands out the limiters', async () => {
    const limiter = new RateLimiter(TWO);
    const options = [{ limiter }, { limit: () => 2, windowSeconds: 60 }];
    const app = await NestFactory.createApplicationContext(RateLimitModule.forRoot(options), { logger: false });
    expect(app.get(RateLimits).limiters).toEqual([limiter, expect.any(RateLimiter)]);
    await app.close();
  });
});
