import type { CustomDecorator } from '@nestjs/common';
import type { RateLimitModuleOptions } from './options.js';
import { common, core } from './peers.js';

const OVERRIDES = 'headgate:overrides';
const SKIP = 'headgate:skip';

/** All of the module's limiters, or which of them by their names. */
export type Skipped = boolean | Readonly<Record<string, boolean>>;

/**
 * Gives a controller, resolver or gateway, or one of its handlers, limiters of its own: with the module's options,
 * but for these. What is decorated is counted apart from all else: a class with all its handlers, a handler alone,
 * its options over those of its class. Of several limiters the one is meant that has the `name`.
 *
 * It takes effect where `RateLimitGuard` stands, and there it ends the `@SkipRateLimit()` of the handler's class.
 *
 * ```ts
 * @RateLimit({ limit: 5, windowSeconds: 60 })
 * @Post('login')
 * login() {}
 * ```
 */
export function RateLimit(overrides: RateLimitModuleOptions = {}): CustomDecorator {
  return common.SetMetadata(OVERRIDES, overrides);
}

/** Leaves a class or a handler unlimited; `false` on a handler ends what is said of its class. */
export function SkipRateLimit(skipped: Skipped = true): CustomDecorator {
  return common.SetMetadata(SKIP, skipped);
}

const reflector = new core.Reflector();

// biome-ignore lint/complexity/noBannedTypes: what Nest reflects on is any class, and any method
export type Decorated = Function;

export function overridesOf(target: Decorated): RateLimitModuleOptions | undefined {
  return reflector.get(OVERRIDES, target);
}

/** Whether the limiter of this name is skipped; `undefined` where nothing is said. */
export function skips(target: Decorated, name: string): boolean | undefined {
  const skipped: Skipped | undefined = reflector.get(SKIP, target);
  return typeof skipped === 'object' ? skipped[name] : skipped;
}
