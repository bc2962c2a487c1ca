import type { HttpLimiter } from '../http/options/options.js';
import {
  type WatchedLimiter,
  type WatchedLimiters,
  type WatchedStats,
  watchedLimiter,
} from '../http/serve/watched-limiter.js';
import type { Metrics, Registry } from './registry.js';

/**
 * By the names that decisions have, so that the two can be joined.
 *
 * @throws TypeError where two have one name: their numbers would be told as one.
 */
export function limitersByName(given: readonly (HttpLimiter | undefined)[]): WatchedLimiters {
  const limiters = new Map<string, WatchedLimiter>();
  given.forEach((each, i) => {
    const limiter = watchedLimiter(`limiters[${i}]`, each);
    const name = limiter.policies.map((policy) => policy.name).join(', ');
    if (limiters.has(name))
      throw new TypeError(`limiters[${i}] must have a name of its own, got a second "${name}": name its policy`);
    limiters.set(name, limiter);
  });
  return limiters;
}

/** What the statistics say when they are scraped. */
export function addLimiterMetrics(client: Metrics, registry: Registry, limiters: WatchedLimiters): void {
  const common = { labelNames: ['limiter'], registers: [registry] };
  const addGauge = (name: string, help: string, readFrom: (stats: WatchedStats) => number) =>
    new client.Gauge({
      ...common,
      name,
      help,
      async collect() {
        for (const [limiter, stats] of await statsOf(limiters)) this.set({ limiter }, readFrom(stats));
      },
    });
  addGauge(
    'headgate_active_keys',
    'Keys that are held; expired ones may be among them.',
    ({ activeKeys }) => activeKeys,
  );
  addGauge('headgate_degraded', 'Whether calls are decided without the server now: 1 or 0.', ({ isDegraded }) =>
    Number(isDegraded ?? false),
  );
  const addCounter = (name: string, help: string, countIn: (stats: WatchedStats) => number) =>
    new client.Counter({
      ...common,
      name,
      help,
      async collect() {
        const all = await statsOf(limiters);
        this.reset();
        for (const [limiter, stats] of all) this.inc({ limiter }, countIn(stats));
      },
    });
  addCounter(
    'headgate_evictions_total',
    'Live keys that were forgotten to make room for new ones.',
    ({ evictions }) => evictions,
  );
  addCounter(
    'headgate_rejected_full_total',
    'Calls of new keys that found the limiter full.',
    ({ rejectedFull }) => rejectedFull,
  );
}

/** Of each limiter, by its name. */
export function statsOf(limiters: WatchedLimiters): Promise<[string, WatchedStats][]> {
  const all = [...limiters].map(async ([name, limiter]) => [name, await limiter.stats()] as [string, WatchedStats]);
  return Promise.all(all);
}
