import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { hookNameOf, type RateLimitHook, type RouteRateLimitOptions } from './fastify/limit-hook.js';
import { Limits, type RateLimitOptions } from './fastify/limits.js';
import type { HttpDecision } from './http/options.js';

export type { HookName, RateLimitHook, RouteRateLimitOptions } from './fastify/limit-hook.js';
export type { RateLimitOptions } from './fastify/limits.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A limit of the route's own: the plugin's options, but for these. `false`: none. */
    rateLimit?: RouteRateLimitOptions | false | undefined;
  }
  interface FastifyRequest {
    /** What headgate decided on this request. */
    rateLimit: HttpDecision | null;
  }
  interface FastifyInstance {
    /** The plugin's limit as a hook, or with options a limit of its own: for a not-found handler, say. */
    rateLimit(options?: RouteRateLimitOptions): RateLimitHook;
  }
}

/**
 * A plugin for Fastify 5. It limits all requests to the instance that it is registered on, those included that no
 * route is found for, and with `config: { rateLimit: { limit: 5 } }` a route apart from all others.
 *
 * ```ts
 * await app.register(rateLimit, { limit: 100, windowSeconds: 60 });
 * ```
 *
 * It decides after other hooks of the same name, so what these turn away is not counted:
 * `app.addHook('onRequest', app.rateLimit())` decides before those that come later, and a request still counts once.
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export const rateLimit = fp(
  async (app: FastifyInstance, options: RateLimitOptions) => {
    const limits = new Limits(options);
    if (!app.hasRequestDecorator('rateLimit')) app.decorateRequest('rateLimit', null);
    if (!Object.hasOwn(app, 'rateLimit'))
      app.decorate('rateLimit' as string, (own?: RouteRateLimitOptions) => limits.hook(own));

    const placed = Symbol('headgate.placed');
    app.addHook('onRoute', (route) => {
      const limit = limits.ofNewRoute(route);
      route.config = Object.assign({}, route.config, { [placed]: true });
      if (limit !== undefined) route[limit.name] = [route[limit.name] ?? [], limit.hook].flat();
    });
    // For requests without a route, and to routes that were added before this plugin was loaded.
    app.addHook(hookNameOf(options) as 'onRequest', (request, reply, done) => {
      const { config, method, url } = request.routeOptions;
      const limit = placed in config ? undefined : limits.of(config.rateLimit, `${method} ${url}`);
      if (limit === undefined) done();
      else limit.hook(request, reply, done);
    });
  },
  { fastify: '5.x', name: 'headgate' },
);

export default rateLimit;
