// `headgate/dashboard`: a page that shows limiters at work.
import { refuseUnknown, show } from '@headgate/core-ts';
import { dashboardAnswers } from './dashboard/answers.js';
import { type Endpoint, endpoint } from './http/endpoint.js';
import type { HttpLimiter } from './http/options.js';
import { watchedLimiter } from './http/watched-limiter.js';

export type { Endpoint } from './http/endpoint.js';

export interface DashboardOptions {
  /** What to show, by the name to show it by: `limited.limiter` of a middleware, or a `RateLimiter`. */
  readonly limiters: Readonly<Record<string, HttpLimiter | undefined>>;
}

/**
 * A page that shows limiters at work, to be mounted at one path behind an authentication of yours: whoever may open
 * it sees keys, and may reset them.
 *
 * ```ts
 * const limited = rateLimit({ limit: 100, windowSeconds: 60, track: true });
 * app.use('/limits', requireAdmin, dashboard({ limiters: { api: limited.limiter } }).node);
 * ```
 *
 * It keeps no state and starts no timer: the page in the browser works out what happens per second.
 *
 * @throws TypeError for what is no limiter, with its name.
 */
export function dashboard(options: DashboardOptions): Endpoint {
  refuseUnknown(options, ['limiters']);
  const { limiters } = options;
  if (typeof limiters !== 'object' || limiters === null || Object.keys(limiters).length === 0)
    throw new TypeError(`limiters must be an object of limiters by their names, got ${show(limiters)}`);
  const watched = Object.entries(limiters).map(
    ([name, each]) => [name, watchedLimiter(`limiters.${name}`, each)] as const,
  );
  return endpoint(dashboardAnswers(new Map(watched)));
}
