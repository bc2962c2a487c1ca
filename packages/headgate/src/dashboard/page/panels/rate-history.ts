import type { Stats } from '@headgate/core-ts';
import type { Snapshot } from '../../protocol.js';

/** How far back the plot looks. */
export const SPAN_SECONDS = 120;

/** What happened per second, between two readings; `null` where that can't be known. */
export interface Rates {
  readonly allowed: number | null;
  readonly denied: number | null;
}

/** The last two minutes of one limiter, worked out of counts that only grow. */
export class RateHistory {
  readonly #points: (Rates & { readonly atSeconds: number })[] = [];
  #last: { readonly atMs: number; readonly processStartedAtMs: number; readonly stats: Stats } | undefined;

  /** A reading of another process, or of counts that began anew, leaves a gap. */
  add({ atMs, processStartedAtMs }: Omit<Snapshot, 'limiters'>, stats: Stats): void {
    const last = this.#last;
    this.#last = { atMs, processStartedAtMs, stats };
    if (last === undefined) return;
    const seconds = (atMs - last.atMs) / 1000;
    const allowed = stats.allowed - last.stats.allowed;
    const denied = stats.blocked - last.stats.blocked;
    const same = processStartedAtMs === last.processStartedAtMs && seconds > 0 && allowed >= 0 && denied >= 0;
    const rates = same ? { allowed: allowed / seconds, denied: denied / seconds } : { allowed: null, denied: null };
    this.#points.push({ atSeconds: atMs / 1000, ...rates });
    const oldest = atMs / 1000 - SPAN_SECONDS;
    while ((this.#points[1]?.atSeconds ?? Infinity) <= oldest) this.#points.shift(); // one stays, to draw from the edge
  }

  get latest(): Rates | undefined {
    return this.#points.at(-1);
  }

  /** Times, allowed and denied, as uPlot takes them. */
  get columns(): [number[], (number | null)[], (number | null)[]] {
    return [
      this.#points.map(({ atSeconds }) => atSeconds),
      this.#points.map(({ allowed }) => allowed),
      this.#points.map(({ denied }) => denied),
    ];
  }
}
