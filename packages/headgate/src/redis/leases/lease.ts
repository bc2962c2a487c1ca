import { decision, type Policy, type PolicyRow, tightest } from '@headgate/core-ts';
import type { RemoteDecision } from '../limiter/remote-engine.js';

/** Clocks run apart by less than this part. */
const DRIFT = 0.001;

/** Units of one key that were taken on the server, for this process to decide on until they end. */
export class Lease {
  readonly key: string;
  /** What it is settled by. */
  readonly number: number;
  readonly units: number;
  readonly endsAtMs: number;
  readonly #sentAtMs: number;
  readonly #rows: readonly PolicyRow[];
  #used = 0;
  /** Calls that it decided. */
  calls = 0;

  /** `sentAtMs`: when it was asked for; `told`: how the key stood on the server afterwards. */
  constructor(
    key: string,
    number: number,
    units: number,
    sentAtMs: number,
    endsAtMs: number,
    { policies }: RemoteDecision,
  ) {
    this.key = key;
    this.number = number;
    this.units = units;
    this.endsAtMs = endsAtMs;
    this.#sentAtMs = sentAtMs;
    this.#rows = policies;
  }

  get used(): number {
    return this.#used;
  }

  /** Takes the cost if it fits and the units have not ended. */
  take(cost: number, nowMs: number): boolean {
    if (nowMs >= this.endsAtMs || cost > this.units - this.#used) return false;
    this.#used += cost;
    this.calls++;
    return true;
  }

  /** How the key stands by what this process knows: others may have taken more since. */
  told(nowMs: number): RemoteDecision {
    const [left, goneMs] = [this.units - this.#used, Math.floor(nowMs - this.#sentAtMs)];
    const rows = this.#rows.map((row) => ({
      ...row,
      remaining: row.remaining + left,
      resetAfterMs: Math.max(1, row.resetAfterMs - goneMs),
    }));
    return decision(true, rows, tightest(rows));
  }
}

/**
 * For how long units may be used from when they were asked for, so that each is used where it is counted: in a fixed window
 * while that lasts, in a sliding one while the sub-window lasts that they were taken in. The server's clock may be behind by
 * the rest of a millisecond when it answers, and its time is later than when it was asked.
 */
export function usableMs(policies: readonly Policy[], { policies: rows }: RemoteDecision, mostMs: number): number {
  let least = mostMs;
  policies.forEach(({ algorithm, windowMs }, i) => {
    const { resetAfterMs } = rows[i] as PolicyRow;
    least = Math.min(least, algorithm === 'sliding-window' ? resetAfterMs - windowMs : resetAfterMs - 1);
  });
  return least * (1 - DRIFT);
}
