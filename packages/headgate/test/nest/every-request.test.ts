import 'reflect-metadata';
import { ApolloDriver } from '@nestjs/apollo';
import { Controller, Get, type MiddlewareConsumer } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { rateLimit as expressLimit } from '../../src/adapters/express.js';
import { rateLimit as fastifyLimit } from '../../src/adapters/fastify/fastify.js';
import { RateLimitModule } from '../../src/adapters/nest/nest.js';
import { get } from '../http/client.js';
import { decorate } from './decorate.js';
import { GUARDED, serving } from './start.js';

class Items {
  items() {
    return 'items';
  }
}
decorate(Items, [Resolver()], { items: [Query(() => String)] });
class Index {
  index() {
    return 'index';
  }
}
decorate(Index, [Controller()], { index: [Get()] });

const TWO = { limit: 2, windowSeconds: 60, trustProxy: false } as const;

/** No resolver and no guard sees this. */
const TYPENAMES = JSON.stringify(Array.from({ length: 3 }, () => ({ query: '{ __typename }' })));

function metadata() {
  const graphql = GraphQLModule.forRoot({ driver: ApolloDriver, autoSchemaFile: true, allowBatchedHttpRequests: true });
  const imports = [RateLimitModule.forRoot({ limit: 99, windowSeconds: 60 }), graphql];
  return { imports, controllers: [Index], providers: [GUARDED, Items] };
}

async function statusOf(url: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).status;
}

async function statuses(url: string): Promise<number[]> {
  const typename = JSON.stringify({ query: '{ __typename }' });
  return [(await get(`${url}/nowhere`)).status, await statusOf(url, typename), await statusOf(url, typename)];
}

describe('what reaches no guard of Nest', () => {
  it('is limited by the middleware of the platform beneath', async () => {
    await serving('express', metadata(), async (url) => expect(await statuses(url)).toEqual([404, 200, 200]));
    await serving(
      'express',
      metadata(),
      async (url) => expect(await statuses(url)).toEqual([404, 200, 429]),
      (app) => app.use(expressLimit(TWO)),
    );
    await serving(
      'fastify',
      metadata(),
      async (url) => expect(await statuses(url)).toEqual([404, 200, 429]),
      async (app) => void (await (app as NestFastifyApplication).register(fastifyLimit as never, TWO)),
    );
  });

  it('takes a unit for each operation of a batch, where the cost says so', async () => {
    const cost = ({ body }: Request) => (Array.isArray(body) ? body.length : 1);
    class Root {
      configure(consumer: MiddlewareConsumer) {
        consumer.apply(expressLimit({ ...TWO, cost })).forRoutes('*path');
      }
    }
    await serving('express', { ...metadata(), module: Root } as never, async (url) => {
      expect(await statusOf(url, TYPENAMES)).toBe(429);
      expect(await statusOf(url, JSON.stringify([{ query: '{ items }' }]))).toBe(200);
    });
  });
});
