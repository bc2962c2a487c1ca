import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import type { Over, RemoteCount, RemoteHits } from '../redis/hits/remote-hits.js';
import { asOneOf, hitsOfAll, shareOf } from './hits/either-hits.js';
import { type Count, isHeld } from './hits/hits.js';
import { HitsByWindow } from './hits/hits-by-window.js';
import type { LocalOptions } from './hits/local-options.js';
import { readStoreOptions, type StoreOptions } from './hits/store-options.js';
import { wholeWindowMs } from './hits/whole-window.js';

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
  const { local, remote } = readStoreOptions(options);
  return class HeadgateStore extends Store {
    constructor(pluginOptions: object) {
      super(local, remote, '', pluginOptions);
    }
  };
}

class Store implements FastifyRateLimitStore {
  readonly #options: LocalOptions;
  readonly #remote: RemoteHits | undefined;
  /** On a server the routes are told apart by the keys. */
  readonly #route: string;
  readonly #continueExceeding: boolean;
  readonly #exponentialBackoff: boolean;
  readonly #windows: HitsByWindow;

  constructor(options: LocalOptions, remote: RemoteHits | undefined, route: string, pluginOptions: PluginOptions) {
    const { max, continueExceeding = false, exponentialBackoff = false } = pluginOptions;
    this.#options = options;
    this.#remote = remote;
    this.#route = route;
    this.#continueExceeding = continueExceeding;
    this.#exponentialBackoff = exponentialBackoff;
    this.#windows = new HitsByWindow(options, max);
  }

  /** What this throws, the plugin handles as an error of the store: `skipOnError` goes for it too. */
  incr(key: string | number, callback: Callback, timeWindow: number, max: number): void {
    const id = String(key); // a generator may answer anything, and what is no key would not be limited with skipOnError
    if (this.#remote === undefined) {
      callback(null, currentOf(this.#add(id, timeWindow, max)));
      return;
    }
    const windowMs = wholeWindowMs('timeWindow', timeWindow);
    const call = { kind: 'add', hits: 1, windowMs, moves: true, over: this.#over(windowMs, max) } as const;
    const here = (instances: number) => {
      const { hits, resetAfterMs } = this.#add(id, timeWindow, shareOf(max, instances));
      return { hits: hitsOfAll(hits, instances), resetAfterMs, windowMs, blockedMs: 0 };
    };
    this.#remote.ask(this.#named(id), call, here).then(
      (count) => callback(null, this.#told(count as RemoteCount, timeWindow, max)),
      (error) => callback(error),
    );
  }

  /** As `incr` would tell it, counting nothing. */
  read(key: string | number, callback: Callback): void {
    const id = String(key);
    const read = () => this.#windows.homeOf(id)?.read(id);
    const tell = (count: Count | undefined) => callback(null, count === undefined ? NOTHING : currentOf(count));
    if (this.#remote === undefined) {
      tell(read());
      return;
    }
    const here = (instances: number) => asOneOf(instances, read());
    this.#remote.ask(this.#named(id), { kind: 'read' }, here).then(tell, (error) => callback(error));
  }

  child(routeOptions: object): FastifyRateLimitStore {
    const { routeInfo } = routeOptions as PluginOptions;
    const { shared } = this.#options;
    const route = `${routeInfo?.method} ${routeInfo?.url}`;
    const name = shared === undefined ? undefined : `${shared} ${route}`;
    return new Store({ ...this.#options, shared: name }, this.#remote, route, routeOptions);
  }

  #named(id: string): string {
    return `${this.#route.length} ${this.#route} ${id}`;
  }

  /** What a denial does to the window. */
  #over(windowMs: number, max: number): Over | undefined {
    if (!Number.isFinite(max) || !(this.#continueExceeding || this.#exponentialBackoff)) return undefined;
    return { above: max, windowMs, growth: this.#continueExceeding ? 1 : 2, once: false };
  }

  /** A denial in an outage is one more than the limit, and so no reason for a ban. */
  #told(count: RemoteCount, timeWindow: number, max: number): Current {
    const { hits, resetAfterMs, degraded } = count;
    if (degraded && hits === Number.MAX_SAFE_INTEGER) return { current: max + 1, ttl: resetAfterMs };
    if (degraded || hits <= max || this.#continueExceeding || !this.#exponentialBackoff) return currentOf(count);
    return { current: hits, ttl: backOffMs(timeWindow, hits, max) };
  }

  #add(id: string, timeWindow: number, max: number): Count {
    const counted = this.#windows.add(id, timeWindow);
    const { hits } = counted;
    if (hits <= max || !isHeld(counted)) return counted;
    if (this.#continueExceeding) return this.#windows.restart(id, timeWindow, hits);
    if (!this.#exponentialBackoff) return counted;
    const resetAfterMs = backOffMs(timeWindow, hits, max);
    return { hits: this.#windows.restart(id, resetAfterMs, hits).hits, resetAfterMs };
  }
}

const NOTHING: Current = { current: 0, ttl: 0 };

/** Twice as long with each denial, for ten years at the most; what is told is not cut to that, as in the plugin. */
function backOffMs(timeWindow: number, hits: number, max: number): number {
  return Math.min(timeWindow * 2 ** (hits - max - 1), Number.MAX_SAFE_INTEGER);
}

function currentOf({ hits, resetAfterMs }: Count): Current {
  return { current: hits, ttl: resetAfterMs };
}
