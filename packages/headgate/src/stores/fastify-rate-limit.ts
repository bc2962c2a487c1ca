import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import { show } from '@headgate/core-ts';
import type { Count } from './hits.js';
import { HitsByWindow } from './hits-by-window.js';
import { checkStoreOptions, type StoreOptions } from './store-options.js';

export type { StoreOptions } from './store-options.js';

/** What the plugin tells a store: its own options, or those of one route. */
interface PluginOptions {
  readonly max?: unknown;
  readonly continueExceeding?: boolean;
  readonly exponentialBackoff?: boolean;
  readonly routeInfo?: { readonly method?: unknown; readonly url?: unknown };
}

type Callback = (error: Error | null, result?: { current: number; ttl: number }) => void;

/**
 * A `store` for @fastify/rate-limit, which makes one for itself and one for each route with limits of its own.
 *
 * ```ts
 * await app.register(rateLimit, { max: 100, timeWindow: '1 minute', store: headgateStore() });
 * ```
 *
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function headgateStore(options: StoreOptions = {}): new (pluginOptions: object) => FastifyRateLimitStore {
  checkStoreOptions(options);
  return class HeadgateStore extends Store {
    constructor(pluginOptions: object) {
      super(options, pluginOptions);
    }
  };
}

class Store implements FastifyRateLimitStore {
  readonly #options: StoreOptions;
  readonly #continueExceeding: boolean;
  readonly #windows: HitsByWindow;

  constructor(options: StoreOptions, { max, continueExceeding = false, exponentialBackoff }: PluginOptions) {
    if (exponentialBackoff)
      throw new TypeError(
        'exponentialBackoff must be false with a HeadgateStore, got true: with continueExceeding, who goes on waits a whole window',
      );
    this.#options = options;
    this.#continueExceeding = continueExceeding;
    this.#windows = new HitsByWindow(options, max);
  }

  /** What this throws, the plugin handles as an error of the store: `skipOnError` goes for it too. */
  incr(key: string | number, callback: Callback, timeWindow: number, max: number): void {
    const id = keyOf(key);
    const counted = this.#add(id, timeWindow);
    const goesOn = this.#continueExceeding && counted.hits > max;
    callback(null, told(goesOn ? this.#windows.of(timeWindow).restart(id, counted.hits) : counted));
  }

  /** As `incr` would tell it, counting nothing. */
  read(key: string | number, callback: Callback): void {
    const id = keyOf(key);
    const count = this.#windows.homeOf(id)?.read(id);
    callback(null, count === undefined ? { current: 0, ttl: 0 } : told(count));
  }

  child(routeOptions: object): FastifyRateLimitStore {
    const { routeInfo } = routeOptions as PluginOptions;
    const { shared } = this.#options;
    const name = shared === undefined ? undefined : `${shared} ${routeInfo?.method} ${routeInfo?.url}`;
    return new Store({ ...this.#options, shared: name }, routeOptions);
  }

  /** A key whose window has another length from now on takes its hits along, and starts anew. */
  #add(key: string, timeWindow: number): Count {
    const here = this.#windows.of(timeWindow);
    const home = this.#windows.homeOf(key) ?? here;
    if (home === here) return here.add(key);
    const { hits } = home.add(key);
    home.forget(key);
    return here.add(key, hits);
  }
}

function keyOf(key: unknown): string {
  if (typeof key === 'string' || typeof key === 'number') return String(key);
  throw new TypeError(`keyGenerator must answer a string or a number, got ${show(key)}`);
}

function told({ hits, resetAfterMs }: Count): { current: number; ttl: number } {
  return { current: hits, ttl: resetAfterMs };
}
