import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import { type Count, isHeld } from './hits/hits.js';
import { HitsByWindow } from './hits/hits-by-window.js';
import { checkStoreOptions, type StoreOptions } from './hits/store-options.js';

export type { StoreOptions } from './hits/store-options.js';

/** What the plugin tells a store: its own options, or those of one route. */
interface PluginOptions {
  readonly max?: unknown;
  readonly continueExceeding?: boolean;
  readonly exponentialBackoff?: boolean;
  readonly routeInfo?: { readonly method?: unknown; readonly url?: unknown };
}

interface Current {
  readonly current: number;
  readonly ttl: number;
}

type Callback = (error: Error | null, result?: Current) => void;

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
  readonly #exponentialBackoff: boolean;
  readonly #windows: HitsByWindow;

  constructor(options: StoreOptions, pluginOptions: PluginOptions) {
    const { max, continueExceeding = false, exponentialBackoff = false } = pluginOptions;
    this.#options = options;
    this.#continueExceeding = continueExceeding;
    this.#exponentialBackoff = exponentialBackoff;
    this.#windows = new HitsByWindow(options, max);
  }

  /** What this throws, the plugin handles as an error of the store: `skipOnError` goes for it too. */
  incr(key: string | number, callback: Callback, timeWindow: number, max: number): void {
    const id = String(key); // a generator may answer anything, and what is no key would not be limited with skipOnError
    const counted = this.#windows.add(id, timeWindow);
    const { hits } = counted;
    if (hits <= max || !isHeld(counted)) callback(null, currentOf(counted));
    else if (this.#continueExceeding) callback(null, currentOf(this.#windows.restart(id, timeWindow, hits)));
    else if (this.#exponentialBackoff) callback(null, this.#backOff(id, timeWindow, hits, max));
    else callback(null, currentOf(counted));
  }

  /** As `incr` would tell it, counting nothing. */
  read(key: string | number, callback: Callback): void {
    const id = String(key);
    const count = this.#windows.homeOf(id)?.read(id);
    callback(null, count === undefined ? { current: 0, ttl: 0 } : currentOf(count));
  }

  child(routeOptions: object): FastifyRateLimitStore {
    const { routeInfo } = routeOptions as PluginOptions;
    const { shared } = this.#options;
    const name = shared === undefined ? undefined : `${shared} ${routeInfo?.method} ${routeInfo?.url}`;
    return new Store({ ...this.#options, shared: name }, routeOptions);
  }

  /** Twice as long with each denial, for ten years at the most; what is told is not cut to that, as in the plugin. */
  #backOff(id: string, timeWindow: number, hits: number, max: number): Current {
    const ttl = Math.min(timeWindow * 2 ** (hits - max - 1), Number.MAX_SAFE_INTEGER);
    return { current: this.#windows.restart(id, ttl, hits).hits, ttl };
  }
}

function currentOf({ hits, resetAfterMs }: Count): Current {
  return { current: hits, ttl: resetAfterMs };
}
