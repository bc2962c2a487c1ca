import type { Algorithm, Clock } from '@headgate/core-ts';
import { RateLimiter } from '../../../index.js';
import type { NamedPolicy } from '../policy/policy-text.js';
import { type Client, isBeyond } from './client.js';
import type { Column, Table } from './table.js';

/** How a window is measured: as the limiter of that algorithm counts it. */
interface Measure {
  readonly windowMs: number;
  readonly algorithm: Exclude<Algorithm, 'token-bucket'>;
}

/** The busiest window of each client: as much as a limiter that never denies would count in one. */
export class Busiest {
  readonly measure: Measure;
  readonly byClient: Column;
  readonly #used: (client: Client, key: string, timeMs: number) => number;

  constructor(measure: Measure, table: Table, clock: Clock, maxKeys: number) {
    this.measure = measure;
    this.byClient = table.column();
    this.#used =
      measure.algorithm === 'fixed-window'
        ? inFixedWindow(measure.windowMs, table)
        : inSlidingWindow(measure, clock, maxKeys);
  }

  /** Times don't go back. */
  take(client: Client, key: string, timeMs: number): void {
    if (isBeyond(client)) return;
    const used = this.#used(client, key, timeMs);
    if (used > this.byClient.get(client)) this.byClient.set(client, used);
  }
}

/** Counts by client, which takes half the time of a limiter's look-up. */
function inFixedWindow(windowMs: number, table: Table) {
  const startMs = table.column();
  const used = table.column();
  return (client: Client, _key: string, timeMs: number): number => {
    const before = used.get(client);
    const isRunning = before > 0 && timeMs - startMs.get(client) < windowMs;
    if (!isRunning) startMs.set(client, timeMs);
    const now = isRunning ? before + 1 : 1;
    used.set(client, now);
    return now;
  };
}

function inSlidingWindow(measure: Measure, clock: Clock, maxKeys: number) {
  const limiter = new RateLimiter({ ...measure, limit: Number.MAX_SAFE_INTEGER, clock, maxKeys });
  return (_client: Client, key: string): number => {
    const { limit, remaining } = limiter.check(key);
    return limit - remaining;
  };
}

/**
 * One for each window that the policies have. A fixed window is measured as such; a token bucket lets through whatever
 * a sliding window of its limit does, unless its burst is smaller.
 */
export function measuresOf(policies: readonly NamedPolicy[]): Measure[] {
  const measures = new Map<string, Measure>();
  for (const { limits } of policies)
    for (const limit of limits) {
      const windowMs = limit.windowMs ?? 0;
      const algorithm =
        limit.algorithm === undefined || limit.algorithm === 'fixed-window' ? 'fixed-window' : 'sliding-window';
      measures.set(`${windowMs} ${algorithm}`, { windowMs, algorithm });
    }
  return [...measures.values()];
}
