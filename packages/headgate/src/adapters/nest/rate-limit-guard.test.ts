import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ManualClock } from '@headgate/core-ts';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Req,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { get, statuses } from '../../../test/http/client.js';
import { decorate, parameter } from '../../../test/nest/decorate.js';
import { GUARDED, serving } from '../../../test/nest/start.js';
import { RateLimiter } from '../../backend/rate-limiter.js';
import { rateLimit as limitExpress } from '../express.js';
import { rateLimit as limitNode } from '../node.js';
import { RateLimitException, RateLimitGuard, RateLimitModule, type RateLimitModuleOptions } from './nest.js';

const ONE = { limit: 1, windowSeconds: 60 } as const;

class Routes {
  home() {
    return 'home';
  }
  decision(request: { rateLimit: object }) {
    return request.rateLimit;
  }
}
decorate(Routes, [Controller()], { home: [Get()], decision: [Get('decision'), parameter(0, Req())] });

const limited = (options: RateLimitModuleOptions) => ({
  imports: [RateLimitModule.forRoot(options)],
  controllers: [Routes],
  providers: [GUARDED],
});

describe.each(['express', 'fastify'] as const)('RateLimitGuard on %s', (platform) => {
  it('hands the decision on as request.rateLimit', async () => {
    await serving(platform, limited({ limit: 3, windowSeconds: 60 }), async (url) => {
      expect(JSON.parse((await get(`${url}/decision`)).body)).toMatchObject({ allowed: true, limit: 3, remaining: 2 });
    });
  });

  it('shows a denial to exception filters, with its headers set', async () => {
    const seen: unknown[] = [];
    class Filter {
      catch(exception: RateLimitException, host: ArgumentsHost) {
        const { message, decision } = exception;
        seen.push([message, exception.getStatus(), exception.getResponse(), decision?.retryAfterSeconds]);
        host.switchToHttp().getResponse().status(exception.getStatus()).send('come back later');
      }
    }
    class Filtered {
      home() {
        return 'home';
      }
    }
    decorate(Filter, [Catch(RateLimitException)]);
    decorate(Filtered, [Controller(), UseFilters(Filter)], { home: [Get()] });
    const options = { ...ONE, problemDetails: true, message: 'slow down', clock: new ManualClock() };
    const metadata = { ...limited(options), controllers: [Filtered] };
    await serving(platform, metadata, async (url) => {
      await get(url);
      const { status, headers, body } = await get(url);
      expect([status, headers['retry-after'], body]).toEqual([429, '60', 'come back later']);
    });
    expect(seen).toEqual([['slow down', 429, expect.objectContaining({ title: 'Quota Exceeded' }), 60]]);
  });

  it('stands where UseGuards puts it, and counts once where it stands twice', async () => {
    class Open {
      home() {
        return 'home';
      }
      guarded() {
        return 'guarded';
      }
    }
    decorate(Open, [Controller()], { home: [Get()], guarded: [Get('guarded'), UseGuards(RateLimitGuard)] });
    const two = { limit: 2, windowSeconds: 60 };
    await serving(platform, { ...limited(two), controllers: [Open], providers: [] }, async (url) => {
      expect(await statuses(url, 3)).toEqual([200, 200, 200]);
      expect(await statuses(`${url}/guarded`, 3)).toEqual([200, 200, 429]);
    });
    await serving(platform, { ...limited(two), controllers: [Open] }, async (url) => {
      expect(await statuses(`${url}/guarded`, 3)).toEqual([200, 200, 429]);
    });
  });

  it('is subclassed by its protected methods, with a constructor of its own', async () => {
    class Plans {
      readonly unlimited = 'gold';
    }
    class OwnGuard extends RateLimitGuard {
      readonly #plans: Plans;
      constructor(plans: Plans) {
        super();
        this.#plans = plans;
      }
      protected override async shouldSkip(context: ExecutionContext) {
        return context.switchToHttp().getRequest().headers['x-plan'] === this.#plans.unlimited;
      }
      protected override getRequestResponse(context: ExecutionContext) {
        const { req, res } = super.getRequestResponse(context) ?? {};
        return { req: { ...req, headers: { 'x-api-key': req?.headers['x-own-key'] } }, res };
      }
      protected override createException() {
        return new RateLimitException({ status: 420, contentType: 'application/json', body: '{}' }, undefined);
      }
    }
    decorate(OwnGuard, [Injectable()]);
    Reflect.defineMetadata('design:paramtypes', [Plans], OwnGuard);
    const providers = [Plans, { provide: APP_GUARD, useClass: OwnGuard }];
    await serving(platform, { ...limited({ ...ONE, key: 'apiKey' }), providers }, async (url) => {
      expect(await statuses(url, 2, { 'x-plan': 'gold' })).toEqual([200, 200]);
      expect(await statuses(url, 2, { 'x-own-key': 'a' })).toEqual([200, 420]);
      expect(await statuses(url, 1, { 'x-own-key': 'b' })).toEqual([200]);
    });
  });

  it('gives the functions among the options the request and the context', async () => {
    const key = ({ request, context }: { request: { headers: { tenant: string } }; context: ExecutionContext }) =>
      `${request.headers.tenant} ${context.getHandler().name}`;
    await serving(platform, limited({ ...ONE, key: key as never }), async (url) => {
      const of = async (tenant: string, path: string) => (await get(url + path, { tenant })).status;
      expect([await of('a', '/'), await of('a', '/'), await of('b', '/'), await of('a', '/decision')]).toEqual([
        200, 429, 200, 200,
      ]);
    });
  });

  it('asks no later limiter once one denies', async () => {
    const [first, second] = [new RateLimiter(ONE), new RateLimiter({ limit: 9, windowSeconds: 60 })];
    await serving(platform, limited([{ limiter: first }, { limiter: second }]), async (url) => {
      expect(await statuses(url, 3)).toEqual([200, 429, 429]);
    });
    expect(second.stats().totalChecks).toBe(1);
  });
});

describe('RateLimitGuard', () => {
  it('runs no handler of a denied request whose response is on its way already', async () => {
    const set = (app: INestApplication) =>
      void app.use((_request: object, response: ServerResponse, next: () => void) => {
        response.write('first words');
        next();
      });
    await serving(
      'express',
      limited({ limit: 0, windowSeconds: 60 }),
      async (url) => expect(await get(url)).toMatchObject({ status: 200, body: 'first words' }),
      set,
    );
  });

  it('tells headers together with a limiter that stands before it as middleware', async () => {
    const node = limitNode({ limit: 5, windowSeconds: 60 });
    for (const [platform, before] of [
      ['express', limitExpress({ limit: 5, windowSeconds: 60 })],
      [
        'fastify',
        (request: IncomingMessage, response: ServerResponse, next: () => void) => node(() => next())(request, response),
      ],
    ] as const)
      await serving(
        platform,
        limited({ limit: 9, windowSeconds: 60 }),
        async (url) => expect((await get(url)).headers).toMatchObject({ 'x-ratelimit-limit': '5' }),
        (app) => void app.use(before),
      );
  });

  it('can not be made where RateLimitModule is not imported', async () => {
    const metadata = { controllers: [Routes], providers: [GUARDED] };
    await expect(serving('express', metadata, async () => {})).rejects.toThrow('rateLimits');
  });
});
