import 'reflect-metadata';
import { ManualClock } from '@headgate/core-ts';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { UnauthorizedException, UseGuards } from '@nestjs/common';
import { Field, GraphQLModule, ObjectType, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { describe, expect, it } from 'vitest';
import {
  type GuardedCall,
  RateLimit,
  RateLimitModule,
  type RateLimitModuleOptions,
} from '../../src/adapters/nest/nest.js';
import { RateLimiter } from '../../src/backend/rate-limiter.js';
import { decorate } from './decorate.js';
import { recordedKeys } from './recorded-keys.js';
import { ADAPTERS, GUARDED, type Platform, serving } from './start.js';
import { talk } from './talk.js';

class Item {
  readonly name?: string;
}
decorate(Item, [ObjectType()]);
Field(() => String)(Item.prototype, 'name');

class Items {
  item() {
    return { name: 'item' };
  }
  login() {
    return 'welcome';
  }
  owner() {
    return 'ada';
  }
  fail() {
    throw new UnauthorizedException('it failed');
  }
  closed() {
    return 'never';
  }
  async *ticks() {
    yield { ticks: 1 };
  }
}
decorate(Items, [Resolver(() => Item)], {
  item: [Query(() => Item, { nullable: true })],
  login: [Query(() => String, { nullable: true }), RateLimit({ limit: 1, windowSeconds: 60 })],
  owner: [ResolveField(() => String)],
  fail: [Query(() => String, { nullable: true })],
  closed: [Query(() => String, { nullable: true }), UseGuards({ canActivate: () => false })],
  ticks: [Subscription(() => Number)],
});

interface Result {
  readonly headers: Headers;
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

type Ask = (query: string) => Promise<Result>;

function limited(
  options: RateLimitModuleOptions,
  test: (ask: Ask, url: string) => Promise<void>,
  config: Partial<ApolloDriverConfig> = {},
  platform: Platform = 'express',
): Promise<void> {
  const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true, ...config });
  const imports = [RateLimitModule.forRoot(options), graphql];
  return serving(platform, { imports, providers: [GUARDED, Items] }, (url) => test(asking(`${url}/graphql`), url));
}

function asking(url: string): Ask {
  return async (query) => {
    const body = JSON.stringify({ query });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return { errors: [], ...((await response.json()) as object), headers: response.headers } as unknown as Result;
  };
}

/** A query with the same field so many times over, under other names. */
function aliases(count: number, field = 'item { name }'): string {
  return `{ ${Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ')} }`;
}

/** How many fields of a result have a value. */
function resolved({ data }: Result): number {
  return Object.values(data ?? {}).filter((value) => value !== null).length;
}

describe('RateLimitGuard in GraphQL', () => {
  it('counts each resolver that a query calls, so that aliases are no way around', async () => {
    await limited({ limit: 3, windowSeconds: 60, message: 'slow down', clock: new ManualClock() }, async (ask) => {
      const result = await ask(aliases(5));
      expect([resolved(result), result.errors.length]).toEqual([3, 2]);
      const [error] = result.errors;
      expect(error?.message).toBe('slow down');
      expect(error?.extensions).toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429, retryAfterSeconds: 60 });
      expect([result.headers.get('x-ratelimit-remaining'), result.headers.get('retry-after')]).toEqual(['0', '60']);
      expect(resolved(await ask(aliases(1)))).toBe(0);
    });
  });

  it('finds the response whatever the context of an operation has', async () => {
    const contexts: Record<string, Partial<ApolloDriverConfig>> = {
      default: {},
      request: { context: (request: { req?: unknown }) => ({ req: request.req ?? request }) },
      'request and response': { context: ({ req, res }: { req: unknown; res: unknown }) => ({ req, res }) },
      nothing: { context: () => ({}) },
    };
    for (const platform of Object.keys(ADAPTERS) as Platform[])
      for (const [name, config] of Object.entries(contexts))
        await limited(
          { limit: 1, windowSeconds: 60, clock: new ManualClock() },
          async (ask) => {
            const answers = [await ask(aliases(1)), await ask(aliases(1))].map(({ headers }) => [
              headers.get('x-ratelimit-remaining'),
              headers.get('retry-after'),
            ]);
            expect([platform, name, answers]).toEqual([
              platform,
              name,
              [
                ['0', null],
                ['0', '60'],
              ],
            ]);
          },
          config,
          platform,
        );
  });

  it('counts the operations of a batch, each by its resolvers', async () => {
    const batched = { allowBatchedHttpRequests: true };
    for (const platform of Object.keys(ADAPTERS) as Platform[])
      await limited(
        { limit: 3, windowSeconds: 60 },
        async (_ask, url) => {
          const body = JSON.stringify(Array.from({ length: 5 }, () => ({ query: aliases(1) })));
          const headers = { 'content-type': 'application/json' };
          const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
          const results = (await response.json()) as Result[];
          expect(results.map(resolved)).toEqual([1, 1, 1, 0, 0]);
        },
        batched,
        platform,
      );
  });

  it('counts aliases also while a function among the options answers promises', async () => {
    const cost = async () => await new Promise<number>((resolve) => setImmediate(() => resolve(1)));
    await limited({ limit: 3, windowSeconds: 60, cost }, async (ask) => {
      expect(resolved(await ask(aliases(5)))).toBe(3);
    });
  });

  it('lets a decorated resolver count on its own', async () => {
    await limited({ limit: 3, windowSeconds: 60 }, async (ask) => {
      expect(resolved(await ask(aliases(2, 'login')))).toBe(1);
      expect(resolved(await ask(aliases(5)))).toBe(3);
    });
  });

  it('tells routes apart by type and field, whatever the method', async () => {
    const { keys, limiter } = recordedKeys();
    await limited({ limiter, key: 'route' }, async (ask, url) => {
      await ask(aliases(1));
      const byGet = await fetch(`${url}/graphql?query={item{name}}`, { headers: { 'apollo-require-preflight': '1' } });
      expect(await byGet.json()).toEqual({ data: { item: { name: 'item' } } });
    });
    const [byPost, byGet] = keys;
    expect(byPost).toMatch(/\bquery\.item$/i);
    expect(byGet).toBe(byPost);
  });

  it('counts resolvers of fields below only where they are guarded', async () => {
    const limits = { limit: 2, windowSeconds: 60 };
    const owners = aliases(3, 'item { owner }');
    await limited(limits, async (ask) => expect(resolved(await ask(owners))).toBe(2));
    await limited(limits, async (ask) => expect(resolved(await ask('{ item { owner } }'))).toBe(1));
    const config = { fieldResolverEnhancers: ['guards' as const] };
    await limited(
      { ...limits, limit: 1 },
      async (ask) => expect(resolved(await ask('{ item { owner } }'))).toBe(0),
      config,
    );
  });

  it('settles each call by how it ends, since all that fails is answered with 200 as well', async () => {
    const ended: unknown[] = [];
    const countIf = ({ status, aborted }: { status: number; aborted: boolean }) => {
      ended.push([status, aborted]);
      return true;
    };
    await limited({ limit: 2, windowSeconds: 60, skipSuccessfulRequests: true, countIf }, async (ask) => {
      for (let i = 0; i < 5; i++) expect(resolved(await ask(aliases(1)))).toBe(1);
      const failed = await ask(aliases(2, 'fail'));
      expect(failed.errors.map(({ message }) => message)).toEqual(['it failed', 'it failed']);
      expect(resolved(await ask(aliases(1)))).toBe(0);
    });
    expect(ended).toEqual([...Array(5).fill([200, false]), ...Array(2).fill([401, false])]);
  });

  it('gives nothing back to a call that failed because another failed in its operation', async () => {
    await limited({ limit: 2, windowSeconds: 60, skipFailedRequests: true }, async (ask) => {
      expect(resolved(await ask('{ item { name } fail }'))).toBe(1); // gives back the one that failed
      expect(resolved(await ask(aliases(2)))).toBe(1);
    });
  });

  it('takes a call for failed that another guard turns away', async () => {
    const limiter = new RateLimiter({ limit: 5, windowSeconds: 60 });
    await limited({ limiter, key: () => 'k', skipSuccessfulRequests: true }, async (ask) => {
      expect((await ask('{ closed }')).errors).toHaveLength(1);
      expect((await ask('{ item { name } }')).errors).toEqual([]);
    });
    expect(limiter.remaining('k')).toBe(4);
  });

  it('settles all that one response has to, at its end', async () => {
    const limiter = new RateLimiter({ limit: 50, windowSeconds: 60 });
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    await limited({ limiter, key: () => 'k', skipSuccessfulRequests: true }, async (ask) => {
      for (let i = 0; i < 3; i++) expect(resolved(await ask(aliases(50)))).toBe(50);
    });
    process.off('warning', note);
    expect(limiter.remaining('k')).toBe(50);
    expect(warnings).toEqual([]);
  });

  it('limits subscriptions by the request that was upgraded', async () => {
    const key = ({ request }: GuardedCall) => String(request.headers.tenant);
    const subscribe = (url: string, tenant: string) =>
      talk(
        `${url}/graphql`,
        async (to) => {
          to.say({ type: 'connection_init' });
          expect(await to.hear()).toEqual({ type: 'connection_ack' });
          to.say({ id: '1', type: 'subscribe', payload: { query: 'subscription { ticks }' } });
          return await to.hear();
        },
        { headers: { tenant } },
        ['graphql-transport-ws'],
      );
    await limited(
      { limit: 1, windowSeconds: 60, key, clock: new ManualClock() },
      async (_ask, url) => {
        expect(await subscribe(url, 'ada')).toMatchObject({ payload: { data: { ticks: 1 } } });
        expect(await subscribe(url, 'ada')).toMatchObject({
          payload: { errors: [{ message: 'Too many requests', extensions: { code: 'TOO_MANY_REQUESTS' } }] },
        });
        expect(await subscribe(url, 'bob')).toMatchObject({ payload: { data: { ticks: 1 } } });
      },
      { subscriptions: { 'graphql-ws': true } },
    );
  });
});
