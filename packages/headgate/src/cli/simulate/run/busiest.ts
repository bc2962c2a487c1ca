import type { Algorithm, Clock } from '@headgate/core-ts';
import { RateLimiter } from '../../../index.js';
import type { NamedPolicy } from '../policy/policy-text.js';
import { BEYOND, type Client } from './clients.js';
import { Column } from './column.js';

/** How a window is measured: as the limiter of that algorithm counts it. */
interface Measure {
  readonly windowMs: number;
  readonly algorithm: Exclude<Algorithm, 'token-bucket'>;
}

/** The busiest window of each client: as much as a limiter that never denies has counted in one. */
export class Busiest {
  readonly measure: Measure;
  readonly byClient = new Column();
  readonly #limiter: RateLimiter;

  constructor(measure: Measure, clock: Clock, maxKeys: number) {
    this.measure = measure;
    this.#limiter = new RateLimiter({ ...measure, limit: Number.MAX_SAFE_INTEGER, clock, maxKeys });
  }

  take({ key, place }: Client): void {
    const { limit, remaining } = this.#limiter.check(key);
    if (place !== BEYOND) this.byClient.raiseTo(place, limit - remaining);
  }
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
