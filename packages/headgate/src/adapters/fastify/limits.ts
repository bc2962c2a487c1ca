import { show } from '@headgate/core-ts';
import type { RouteOptions } from 'fastify';
import { checkBooleans } from '../../http/options/http-options.js';
import { mergedOptions } from '../../http/options/merged-options.js';
import {
  type HookName,
  hookNameOf,
  isEarly,
  limitHook,
  type RateLimitHook,
  type RouteRateLimitOptions,
} from './limit-hook.js';

export interface RateLimitOptions extends RouteRateLimitOptions {
  /** `false` limits only routes that have a `config.rateLimit`. */
  readonly global?: boolean | undefined;
  /**
   * The limit of requests that no route is found for: options of its own, or `false` for none, where the not-found
   * handler has its own as `preHandler`. By default these count with all others.
   */
  readonly notFound?: RouteRateLimitOptions | false | undefined;
}

export interface RouteLimit {
  readonly name: HookName;
  readonly hook: RateLimitHook;
  /** It decides before hooks that come later, and not after them. */
  readonly early: boolean;
}

/** The limits of one registered plugin, each made once: that of all routes, and those that routes have for themselves. */
export class Limits {
  readonly #options: RateLimitOptions;
  readonly #own = new WeakMap<RouteRateLimitOptions, RouteLimit>();
  #common: RouteLimit | undefined;
  #made = 0;

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: RateLimitOptions) {
    checkBooleans(options, ['global']);
    this.#options = options;
    if (options.global !== false) this.#ofAll();
    this.ofNotFound();
  }

  /** A hook to be put somewhere by hand. */
  hook(own: RouteRateLimitOptions | undefined): RateLimitHook {
    return (own === undefined ? this.#ofAll() : this.#make(own, `hook ${++this.#made}`)).hook;
  }

  /**
   * Of a route that is being added. What a `config` asks for is made anew for each route that has it, but for the
   * HEAD route that Fastify adds right after a GET route with the same one: to a client these are one.
   */
  ofNewRoute({ method, url }: RouteOptions, own: RouteRateLimitOptions | false | undefined): RouteLimit | undefined {
    if (own && method !== 'HEAD') this.#own.delete(own);
    return this.of(own, `${method} ${url}`);
  }

  /** What `config.rateLimit` asks for; `undefined` where that is no limit. */
  of(own: RouteRateLimitOptions | false | undefined, where: string): RouteLimit | undefined {
    if (own === false) return undefined;
    if (own === undefined) return this.#options.global === false ? undefined : this.#ofAll();
    const limit = this.#own.get(own) ?? this.#make(own, where);
    this.#own.set(own, limit);
    return limit;
  }

  /** Of what no route is found for. */
  ofNotFound(): RouteLimit | undefined {
    return this.of(readOwn('notFound', this.#options.notFound), 'not found');
  }

  #ofAll(): RouteLimit {
    this.#common ??= routeLimitOf(this.#options);
    return this.#common;
  }

  #make(own: RouteRateLimitOptions, where: string): RouteLimit {
    const { notFound: _, ...common } = this.#options;
    return routeLimitOf(mergedOptions(common, own, where));
  }
}

/** @throws TypeError for what is no limit of its own. */
export function readOwn(option: string, own: unknown): RouteRateLimitOptions | false | undefined {
  if (own === undefined || own === false || (typeof own === 'object' && own !== null)) return own;
  throw new TypeError(`${option} must be an object or false, got ${show(own)}`);
}

function routeLimitOf(options: RateLimitOptions): RouteLimit {
  return { name: hookNameOf(options), hook: limitHook(options), early: isEarly(options) };
}
