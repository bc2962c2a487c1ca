import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { RateLimiter } from '../../backend/rate-limiter.js';
import type { HttpDecision } from '../../http/key/client.js';
import type { HttpLimiter } from '../../http/options/options.js';
import { hookNameOf, type RateLimitHook, type RouteRateLimitOptions } from './limit-hook.js';
import { Limits, type RateLimitOptions, type RouteLimit, readOwn } from './limits.js';
import { routeOf } from './route.js';

export type { HookName, RateLimitHook, RouteRateLimitOptions } from './limit-hook.js';
export type { RateLimitOptions } from './limits.js';

/** A limit of the route's own: the plugin's options, but for these. `false`: none. */
type Own = RouteRateLimitOptions | false | undefined;

/** Where @fastify/rate-limit is there as well, `config.rateLimit` is its own. */
type RouteConfig = 'createRateLimit' extends keyof FastifyInstance
  ? { headgate?: Own }
  : { headgate?: Own; rateLimit?: Own };

/** Makes the plugin's limit a hook, or with options a limit of its own: for a not-found handler, say. */
type MakeHook = <L extends HttpLimiter = RateLimiter>(
  options?: RouteRateLimitOptions & { readonly limiter?: L | undefined },
) => RateLimitHook<L>;

declare module 'fastify' {
  interface FastifyContextConfig extends RouteConfig {}
  interface FastifyRequest {
    /** What headgate decided on this request. */
    rateLimit: HttpDecision | null;
  }
  interface FastifyInstance {
    /** The plugin's limit as a hook, or with options a limit of its own: for a not-found handler, say. */
    rateLimit<L extends HttpLimiter = RateLimiter>(
      options?: RouteRateLimitOptions & { readonly limiter?: L | undefined },
    ): RateLimitHook<L>;
    /** The same, also where `rateLimit` is that of @fastify/rate-limit. */
    headgate: MakeHook;
  }
}

/**
 * A plugin for Fastify 4 and 5. It limits all requests to the instance that it is registered on, those included that no
 * route is found for, and with `config: { rateLimit: { limit: 5 } }` a route apart from all others.
 *
 * ```ts
 * await app.register(rateLimit, { limit: 100, windowSeconds: 60 });
 * ```
 *
 * It decides in the order of registration, so what a hook turns away counts if that was added later. A limit that asks
 * for the user, or calls a function of yours, decides after all other hooks of its name:
 * `app.addHook('onRequest', app.rateLimit())` decides at that place, and a request still counts once.
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export const rateLimit = fp(
  async (app: FastifyInstance, options: RateLimitOptions) => {
    const limits = new Limits(options);
    if (!app.hasRequestDecorator('rateLimit')) app.decorateRequest('rateLimit', null);
    for (const name of ['headgate', 'rateLimit'])
      if (!Object.hasOwn(app, name)) app.decorate(name, (own?: RouteRateLimitOptions) => limits.hook(own));
    const ownOf = (config: FastifyContextConfig = {}): Own => {
      if (config.headgate !== undefined) return readOwn('config.headgate', config.headgate);
      const { rateLimit } = config as { readonly rateLimit?: unknown };
      return app.hasPlugin('@fastify/rate-limit') ? undefined : readOwn('config.rateLimit', rateLimit);
    };

    const placed = Symbol('headgate.placed');
    app.addHook('onRoute', (route) => {
      const limit = limits.ofNewRoute(route, ownOf(route.config));
      route.config = Object.assign({}, route.config, { [placed]: limit?.early === true ? limit : undefined });
      if (limit?.early === false) route[limit.name] = [route[limit.name] ?? [], limit.hook].flat();
    });
    /** Of a request without a route, or to one that was added before this plugin was loaded, it is found only now. */
    const limitNow = (request: FastifyRequest): RouteLimit | undefined => {
      if (request.is404) return limits.ofNotFound();
      const { config, url } = routeOf(request);
      if (placed in config) return config[placed] as RouteLimit | undefined;
      return limits.of(ownOf(config), `${request.method} ${url}`);
    };
    const late = hookNameOf(options);
    app.addHook('onRequest', (request, reply, done) => {
      const limit = limitNow(request);
      if (limit === undefined || (late !== 'onRequest' && !limit.early)) done();
      else limit.hook(request, reply, done);
    });
    if (late === 'onRequest') return;
    app.addHook(late as 'preHandler', (request, reply, done) => {
      const limit = limitNow(request);
      if (limit === undefined || limit.early) done();
      else limit.hook(request, reply, done);
    });
  },
  { fastify: '4.x || 5.x', name: 'headgate' },
);

export default rateLimit;
