import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Decision } from '@headgate/core-ts';
import { expect } from 'vitest';
import { ManualClock, RateLimiter } from '../../../src/index.js';
import { get, statuses } from '../client.js';
import type { AnyOptions, Rule, WithServer } from '../framework.js';

/** Its time stands still, so that no window ends however long the requests take. */
const ONE = { limit: 1, windowSeconds: 60, clock: new ManualClock() } as const;

export function operation(rule: Rule, withServer: WithServer): void {
  rule('a dry run counts and reports, but neither blocks nor tells', async () => {
    const limiter = new RateLimiter(ONE);
    const denied: boolean[] = [];
    const onLimited = (_request: unknown, { allowed }: Decision) => denied.push(allowed);
    await withServer({ limiter, dryRun: true, onLimited }, async (url) => {
      expect(await statuses(`${url}/ok`, 3)).toEqual([200, 200, 200]);
      expect(Object.keys((await get(`${url}/ok`)).headers).filter((name) => /ratelimit|retry/.test(name))).toEqual([]);
    });
    expect(denied).toEqual([false, false, false]);
    expect(limiter.stats()).toMatchObject({ allowed: 1, blocked: 3 });
  });

  rule(
    'a dry run blocks nothing where the engine or a function fails, or where an address cannot be read',
    async () => {
      const fails = () => {
        throw new Error('the store is gone');
      };
      const limiter = { policies: new RateLimiter(ONE).policies, check: fails, reserve: fails };
      for (const onEngineError of ['throw', 'closed'] as const) {
        await withServer({ limiter, onEngineError, dryRun: true, warn: () => {} }, async (url) => {
          expect((await get(`${url}/ok`)).status).toBe(200);
        });
      }
      const none = () => Promise.reject();
      const thrown = () => fails();
      for (const failing of [
        { key: thrown },
        { key: none },
        { key: 'user', user: () => ({}) },
        { cost: thrown },
        { cost: none },
        { skip: thrown },
        { skip: none },
        { limit: thrown, windowSeconds: 60 },
        { limit: none, windowSeconds: 60 },
        { limit: 0, windowSeconds: 60, onLimited: thrown },
        { limit: 0, windowSeconds: 60, onLimited: none },
        { key: () => new Promise<string>(() => {}), decideWithinMs: 1 },
      ] as AnyOptions[]) {
        await withServer(
          { ...('limit' in failing ? {} : ONE), ...failing, dryRun: true, warn: () => {} },
          async (url) => {
            expect((await get(`${url}/ok`)).body).toBe('ok');
          },
        );
      }
      const unreadable = {
        ...ONE,
        trustProxy: 'loopback',
        unknownAddress: 'refuse',
        dryRun: true,
        warn: () => {},
      } as const;
      await withServer(unreadable, async (url) => {
        expect((await get(`${url}/ok`, { 'x-forwarded-for': 'unknown' })).status).toBe(200);
      });
    },
  );

  rule('skip lets through without counting', async () => {
    for (const skip of [() => true, async () => true]) {
      await withServer({ ...ONE, skip }, async (url) =>
        expect(await statuses(`${url}/ok`, 3)).toEqual([200, 200, 200]),
      );
    }
    await withServer({ ...ONE, skip: async () => false }, async (url) => {
      expect(await statuses(`${url}/ok`, 2)).toEqual([200, 429]);
    });
  });

  rule('only the methods and paths that are named are limited', async () => {
    await withServer({ ...ONE, methods: ['post'] }, async (url) => {
      expect(await statuses(`${url}/ok`, 2)).toEqual([200, 200]);
      expect((await get(`${url}/ok`, {}, 'POST')).status).toBe(200);
      expect((await get(`${url}/ok`, {}, 'POST')).status).toBe(429);
    });
    await withServer({ ...ONE, paths: ['/items/*'] }, async (url) => {
      expect(await statuses(`${url}/ok?path=/items/1`, 2)).toEqual([200, 200]);
      expect([(await get(`${url}/items/1`)).status, (await get(`${url}/items/2`)).status]).toEqual([200, 429]);
    });
    await withServer({ ...ONE, skipPaths: ['/ok'] }, async (url) => {
      expect(await statuses(`${url}/ok?x=1`, 2)).toEqual([200, 200]);
      expect(await statuses(`${url}/items/1`, 2)).toEqual([200, 429]);
    });
  });

  rule('an error of the engine opens, closes or throws, as it is told, and is published', async () => {
    const fails = () => {
      throw new Error('the store is gone');
    };
    const failsLater = async () => fails();
    const policies = new RateLimiter(ONE).policies;
    const errors: unknown[] = [];
    const note = (message: unknown) => errors.push((message as { error: Error }).error.message);
    subscribe('headgate:engine-error', note);
    for (const check of [fails, failsLater]) {
      const limiter = { policies, check, reserve: fails };
      for (const [onEngineError, status] of [
        ['open', 200],
        ['closed', 503],
        ['throw', 500],
      ] as const) {
        await withServer({ limiter, onEngineError, warn: () => {} }, async (url) => {
          expect([onEngineError, (await get(`${url}/ok`)).status]).toEqual([onEngineError, status]);
        });
      }
    }
    unsubscribe('headgate:engine-error', note);
    expect(errors).toEqual(Array(6).fill('the store is gone'));
  });

  rule('what does not answer within decideWithinMs is an error of the engine', async () => {
    for (const [onEngineError, status] of [
      ['open', 200],
      ['closed', 503],
      ['throw', 500],
    ] as const) {
      const options = {
        ...ONE,
        onEngineError,
        decideWithinMs: 1,
        warn: () => {},
        key: () => new Promise<string>(() => {}),
      };
      await withServer(options, async (url) => expect((await get(`${url}/ok`)).status).toBe(status));
    }
  });

  rule('each decision is published to diagnostics_channel', async () => {
    const seen: unknown[] = [];
    const note = (message: unknown) => {
      const { limiter, key, cost, decision } = message as {
        limiter: string;
        key: string;
        cost: number;
        decision: Decision;
      };
      seen.push([limiter, key, cost, decision.allowed]);
    };
    subscribe('headgate:decision', note);
    await withServer({ ...ONE, name: 'api', key: () => 'k' }, async (url) => void (await statuses(`${url}/ok`, 2)));
    unsubscribe('headgate:decision', note);
    expect(seen).toEqual([
      ['api', 'k', 1, true],
      ['api', 'k', 1, false],
    ]);
  });
}
