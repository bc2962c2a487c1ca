import { show } from '@headgate/core-ts';
import type { HitsCall, RemoteCount, RemoteHits } from '../../redis/hits/remote-hits.js';
import type { RemoteEngineFactory } from '../../redis/limiter/remote-engine.js';
import type { Count } from './hits.js';

/** Where a store counts: `undefined` is this process. */
export type Engine = RemoteEngineFactory | undefined;

/** What a call on a store answers: at once where it counts in this process, else a promise. */
export type Answer<E extends Engine, T> = E extends undefined ? T : Promise<T>;

/**
 * What a store counts by on a server; `undefined` where it has no engine.
 *
 * @throws TypeError for an engine that is none, or counts no hits.
 */
export function remoteHits(engine: Engine): RemoteHits | undefined {
  if (engine === undefined) return undefined;
  if (typeof engine !== 'function')
    throw new TypeError(`engine must be redis(client) or memory(), got ${show(engine)}`);
  if (typeof engine.hits !== 'function')
    throw new TypeError('engine must be redis(client) or memory(): this one has no hits()');
  return engine.hits();
}

/** Asks the server where there is one, and else counts here. */
export function askEither<E extends Engine, T>(
  remote: RemoteHits | undefined,
  key: string,
  call: HitsCall,
  here: () => Count | undefined,
  read: (count: Count | undefined) => T,
): Answer<E, T> {
  const answer =
    remote === undefined ? read(here()) : remote.ask(key, call, (instances) => asOneOf(instances, here())).then(read);
  return answer as Answer<E, T>;
}

/** As one of so many processes each hit stands for one in each of them, but the first, so that one is let through. */
export function asOneOf(instances: number, count: Count | undefined): RemoteCount | undefined {
  if (count === undefined) return undefined;
  return { ...count, hits: hitsOfAll(count.hits, instances), windowMs: 0, blockedMs: 0 };
}

export function hitsOfAll(hits: number, instances: number): number {
  return hits <= 1 ? hits : Math.min(hits * instances, Number.MAX_SAFE_INTEGER);
}

/** What one of so many processes may let through of a limit: at least one, where any is. */
export function shareOf(limit: number, instances: number): number {
  return limit < 1 ? limit : Math.max(1, Math.floor(limit / instances));
}
