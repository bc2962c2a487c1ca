import type { ConfigurableModuleOptionsFactory } from '@nestjs/common';
import type { DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import { isResolver, settleCallsOf } from './call/call-end.js';
import { noteReplies } from './call/replies.js';
import { overridesOf } from './decorators.js';
import type { RateLimitModuleOptions } from './options.js';
import { common, core } from './peers.js';
import { RateLimits } from './rate-limits.js';

/** What `useClass` and `useExisting` name. */
export type RateLimitOptionsFactory = ConfigurableModuleOptionsFactory<
  RateLimitModuleOptions,
  'createRateLimitOptions'
>;

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new common.ConfigurableModuleBuilder<RateLimitModuleOptions>()
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createRateLimitOptions')
  .build();

/**
 * The limits of an application, global in it, for `RateLimitGuard` to hold calls to.
 *
 * ```ts
 * @Module({
 *   imports: [RateLimitModule.forRoot({ limit: 100, windowSeconds: 60 })],
 *   providers: [{ provide: APP_GUARD, useClass: RateLimitGuard }],
 * })
 * export class AppModule {}
 * ```
 *
 * Each limiter counts by its key over all routes, but for what has `@RateLimit()`. A bad option, there or here, is an
 * error when the application starts.
 */
export class RateLimitModule extends ConfigurableModuleClass {}

/** Makes the limiters of all that is decorated as well, so that a bad option is found now. */
function makeRateLimits(
  options: RateLimitModuleOptions,
  discovery: DiscoveryService,
  scanner: MetadataScanner,
  host: HttpAdapterHost,
): RateLimits {
  const rateLimits = new RateLimits(options);
  let hasResolvers = false;
  for (const { metatype } of [...discovery.getControllers(), ...discovery.getProviders()]) {
    const prototype = metatype?.prototype;
    if (metatype === null || prototype === undefined) continue; // of a provider that is a value, or a factory's
    const handlers = scanner.getAllMethodNames(prototype).map((name) => prototype[name]);
    hasResolvers ||= handlers.some(isResolver);
    for (const handler of handlers)
      if ((overridesOf(handler) ?? overridesOf(metatype)) !== undefined) rateLimits.gatesOf(metatype, handler);
    settleCallsOf(metatype, handlers, (handler) => rateLimits.settles(metatype, handler));
  }
  if (hasResolvers) noteReplies(host);
  return rateLimits;
}

const { DiscoveryModule, DiscoveryService: Discovery, HttpAdapterHost: Host, MetadataScanner: Scanner } = core;

common.Global()(RateLimitModule);
common.Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: RateLimits, inject: [MODULE_OPTIONS_TOKEN, Discovery, Scanner, Host], useFactory: makeRateLimits },
  ],
  exports: [RateLimits],
})(RateLimitModule);
