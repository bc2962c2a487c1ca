import { show } from '@headgate/core-ts';
import type { FastifyContextConfig, RouteOptions } from 'fastify';
import { mergedOptions } from '../http/merged-options.js';
import { checkBooleans } from '../http/option-kinds.js';
import { type HookName, hookNameOf, limitHook, type RateLimitHook, type RouteRateLimitOptions } from './limit-hook.js';

export interface RateLimitOptions extends RouteRateLimitOptions {
  /** `false` limits only routes that have a `config.rateLimit`. */
  readonly global?: boolean | undefined;
}

export interface Limit {
  readonly name: HookName;
  readonly hook: RateLimitHook;
}

/** The limits of one registered plugin, each made once: that of all routes, and those that routes have for themselves. */
export class Limits {
  readonly #options: RateLimitOptions;
  readonly #own = new WeakMap<RouteRateLimitOptions, Limit>();
  #common: Limit | undefined;
  #made = 0;

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: RateLimitOptions) {
    checkBooleans(options, ['global']);
    this.#options = options;
    if (options.global !== false) this.#ofAll();
  }

  /** A hook to be put somewhere by hand. */
  hook(own: RouteRateLimitOptions | undefined): RateLimitHook {
    return (own === undefined ? this.#ofAll() : this.#make(own, `hook ${++this.#made}`)).hook;
  }

  /**
   * Of a route that is being added. What a `config` asks for is made anew for each route that has it, but for the
   * HEAD route that Fastify adds right after a GET route with the same one: to a client these are one.
   */
  ofNewRoute({ config, method, url }: RouteOptions): Limit | undefined {
    const own = config?.rateLimit;
    if (own && method !== 'HEAD') this.#own.delete(own);
    return this.of(own, `${method} ${url}`);
  }

  /** What `config.rateLimit` asks for; `undefined` where that is no limit. */
  of(own: FastifyContextConfig['rateLimit'], where: string): Limit | undefined {
    if (own === false) return undefined;
    if (own === undefined) return this.#options.global === false ? undefined : this.#ofAll();
    if (typeof own !== 'object' || own === null)
      throw new TypeError(`config.rateLimit must be an object or false, got ${show(own)}`);
    const limit = this.#own.get(own) ?? this.#make(own, where);
    this.#own.set(own, limit);
    return limit;
  }

  #ofAll(): Limit {
    this.#common ??= limitOf(this.#options);
    return this.#common;
  }

  #make(own: RouteRateLimitOptions, where: string): Limit {
    return limitOf(mergedOptions(this.#options, own, where));
  }
}

function limitOf(options: RateLimitOptions): Limit {
  return { name: hookNameOf(options), hook: limitHook(options) };
}
