import type { Stats } from '@headgate/core-ts';
import type { HttpLimiter } from '../http/options/options.js';
import { type WatchedLimiter, type WatchedLimiters, watchedLimiter } from '../http/serve/watched-limiter.js';
import type { PromClient, Registry } from './registry.js';

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
export function addLimiterMetrics(client: PromClient, registry: Registry, limiters: WatchedLimiters): void {
  const common = { labelNames: ['limiter'], registers: [registry] };
  new client.Gauge({
    ...common,
    name: 'headgate_active_keys',
    help: 'Keys that are held; expired ones may be among them.',
    async collect() {
      for (const [limiter, { activeKeys }] of await statsOf(limiters)) this.set({ limiter }, activeKeys);
    },
  });
  const addCounter = (name: string, help: string, countIn: (stats: Stats) => number) =>
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

function statsOf(limiters: WatchedLimiters): Promise<[string, Stats][]> {
  return Promise.all([...limiters].map(async ([name, limiter]) => [name, await limiter.stats()] as [string, Stats]));
}
