import { MAX_WINDOW_MS } from '@headgate/core-ts';
import type { HitsCall, RemoteHits } from '../../redis/hits/remote-hits.js';
import { type Answer, askEither, type Engine } from './either-hits.js';
import type { Count } from './hits.js';
import { HitsByWindow } from './hits-by-window.js';
import type { LocalOptions } from './local-options.js';
import { readStoreOptions, type StoreOptions } from './store-options.js';
import { wholeWindowMs } from './whole-window.js';

/** What a store is told of the middleware that it belongs to. */
export interface CountedBy {
  readonly windowMs: number;
  /** A number, or a function that only the middleware calls. */
  readonly limit: unknown;
}

export interface ClientHits {
  readonly totalHits: number;
  readonly resetTime: Date;
}

/** What middlewares of the family of express-rate-limit count in: they compare with the limit themselves. */
export class CountingStore<E extends Engine = undefined> {
  /** Whether other stores can't count the same keys. */
  readonly localKeys: boolean;
  /** What tells keys apart from those of other stores; it is the name of the counters, and not in the keys. */
  readonly prefix: string;
  readonly #options: LocalOptions;
  readonly #remote: RemoteHits | undefined;
  /** With an engine, what is counted while the server does not answer. */
  #windows: HitsByWindow;
  /** `undefined` until it is told: what is counted before is counted for as long as the engine can. */
  #windowMs: number | undefined;
  #limit: unknown;

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: StoreOptions<E> = {}) {
    const { local, remote } = readStoreOptions(options);
    this.localKeys = local.shared === undefined && remote === undefined;
    this.prefix = local.shared ?? remote?.prefix ?? '';
    this.#options = local;
    this.#remote = remote;
    this.#windows = new HitsByWindow(local, undefined);
  }

  /**
   * Windows that start from now on have this length, also those of the middlewares that the store was given to before.
   * What was counted in this process before the first middleware is forgotten, since it was in no window.
   *
   * @throws TypeError for a window that is no number; nothing changes then.
   */
  init({ windowMs, limit }: CountedBy): void {
    const wholeMs = wholeWindowMs('windowMs', windowMs);
    if (this.#windowMs === undefined) {
      this.#windows.clear();
      this.#windows = new HitsByWindow(this.#options, limit);
      this.#limit = limit;
    } else if (typeof limit === 'number' && typeof this.#limit === 'number' && limit < this.#limit) {
      this.#windows.protectFrom(limit);
      this.#limit = limit;
    }
    this.#windowMs = wholeMs;
    this.#windows.of(wholeMs);
  }

  get(key: string): Answer<E, ClientHits | undefined> {
    const id = String(key);
    const here = () => this.#windows.homeOf(id)?.read(id);
    return this.#ask(id, { kind: 'read' }, here, (count) => count && clientHitsOf(count));
  }

  /** A key that is no string, which a generator may answer all the same, counts as the string that is made of it. */
  increment(key: string): Answer<E, ClientHits> {
    const id = String(key);
    const windowMs = this.#windowMs ?? MAX_WINDOW_MS;
    const here = () => this.#windows.homeOr(id, windowMs).add(id);
    return this.#ask(id, { kind: 'add', hits: 1, windowMs }, here, (count) => clientHitsOf(atLeastOne(count)));
  }

  /** Takes back one hit of the window that runs, if there is any. */
  decrement(key: string): Answer<E, void> {
    const id = String(key);
    return this.#ask(id, { kind: 'giveBack' }, () => this.#giveBack(id), nothing);
  }

  resetKey(key: string): Answer<E, void> {
    const id = String(key);
    this.#windows.homeOf(id)?.forget(id);
    return this.#ask(id, { kind: 'forget' }, () => undefined, nothing);
  }

  /** With an engine, all keys of its prefix. */
  resetAll(): Answer<E, void> {
    this.#windows.clear();
    return this.#remote?.clear() as Answer<E, void>;
  }

  /** Forgets all keys of this process; there is no timer to stop. */
  shutdown(): void {
    this.#windows.clear();
  }

  #giveBack(id: string): undefined {
    const home = this.#windows.homeOf(id);
    const count = home?.read(id);
    if (count !== undefined && count.hits > 0) home?.giveBack(id);
  }

  #ask<T>(
    id: string,
    call: HitsCall,
    here: () => Count | undefined,
    read: (count: Count | undefined) => T,
  ): Answer<E, T> {
    return askEither<E, T>(this.#remote, id, call, here, read);
  }
}

function nothing(): void {}

/** Middlewares want a hit also where none is counted, in an outage with `onOutage: 'open'`. */
function atLeastOne(count: Count | undefined): Count {
  const { hits, resetAfterMs } = count as Count;
  return { hits: Math.max(1, hits), resetAfterMs };
}

function clientHitsOf({ hits, resetAfterMs }: Count): ClientHits {
  return { totalHits: hits, resetTime: new Date(Date.now() + resetAfterMs) };
}
