import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { RateLimitGuard } from '../../src/adapters/nest/nest.js';
import type { Running } from '../http/framework.js';

export const ADAPTERS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };
export type Platform = keyof typeof ADAPTERS;

/** What a limited application provides. */
export const GUARDED = { provide: APP_GUARD, useClass: RateLimitGuard };

/** An application on a free port of this machine; `set` is called before it listens. */
export async function start(
  platform: Platform,
  metadata: ModuleMetadata,
  set: (app: INestApplication) => unknown = () => {},
): Promise<Running> {
  const options = { logger: false, abortOnError: false, forceCloseConnections: true } as const;
  const app = await NestFactory.create({ module: class Root {}, ...metadata }, ADAPTERS[platform](), options);
  await set(app);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

/** Starts an application, runs the test against its address, and closes it whatever comes. */
export async function serving(
  platform: Platform,
  metadata: ModuleMetadata,
  test: (url: string) => Promise<void>,
  set?: (app: INestApplication) => unknown,
): Promise<void> {
  const running = await start(platform, metadata, set);
  try {
    await test(running.url);
  } finally {
    await running.close();
  }
}
