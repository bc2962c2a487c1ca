// `headgate/dashboard`: a page that shows limiters at work.
import { refuseUnknown, show } from '@headgate/core-ts';
import type { HttpLimiter } from '../http/options/options.js';
import { type Endpoint, endpoint } from '../http/serve/endpoint.js';
import { watchedLimiter } from '../http/serve/watched-limiter.js';
import { dashboardAnswers } from './answers.js';
import { readHosts } from './hosts.js';

export type { Endpoint } from '../http/serve/endpoint.js';

export interface DashboardOptions {
  /** What to show, by the name to show it by: `limited.limiter` of a middleware, or a `RateLimiter`. */
  readonly limiters: Readonly<Record<string, HttpLimiter | undefined>>;
  /**
   * The names that the page is opened by, such as `'ops.example'`, with a port where only that one is meant: a request
   * for another host is answered with 403. Addresses and `localhost` need no mention. Default: `[]`
   */
  readonly hosts?: readonly string[] | undefined;
}

/**
 * A page that shows limiters at work, to be mounted at one path behind an authentication of yours: whoever may open
 * it sees keys, and may reset and block them.
 *
 * ```ts
 * const limited = rateLimit({ limit: 100, windowSeconds: 60, track: true });
 * app.use('/limits', requireAdmin, dashboard({ limiters: { api: limited.limiter }, hosts: ['ops.example'] }).node);
 * ```
 *
 * It keeps no state and starts no timer: the page in the browser works out what happens per second.
 *
 * @throws TypeError for what is no limiter or no host, with its name.
 */
export function dashboard(options: DashboardOptions): Endpoint {
  refuseUnknown(options, ['limiters', 'hosts']);
  const { limiters } = options;
  if (typeof limiters !== 'object' || limiters === null || Object.keys(limiters).length === 0)
    throw new TypeError(`limiters must be an object of limiters by their names, got ${show(limiters)}`);
  const watched = Object.entries(limiters).map(
    ([name, each]) => [name, watchedLimiter(`limiters.${name}`, each)] as const,
  );
  return endpoint(dashboardAnswers(new Map(watched), readHosts(options.hosts)));
}
