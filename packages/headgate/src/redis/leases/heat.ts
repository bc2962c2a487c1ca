const PERIOD_MS = 1000;
/** So many keys are counted in a period; those that come then are not. */
const MOST_COUNTED = 10_000;
/** A longer key is held nowhere. */
const LONGEST_KEY = 256;

interface Counted {
  calls: number;
  /** In the period before. */
  before: number;
  /** Until then no lease is asked for. */
  coldUntilMs: number;
}

/** How often keys are asked for in this process. */
export class Heat {
  #sinceMs = Number.NEGATIVE_INFINITY;
  #now = new Map<string, Counted>();
  #before = new Map<string, Counted>();

  /** Notes so many calls, and answers how many there were in this second or in the one before; 0 of one that is to stay cold. */
  note(key: string, calls: number, nowMs: number): number {
    const counted = this.#of(key, nowMs);
    if (counted === undefined) return 0;
    counted.calls += calls;
    return nowMs < counted.coldUntilMs ? 0 : Math.max(counted.calls, counted.before);
  }

  cool(key: string, nowMs: number, ms: number): void {
    const counted = this.#of(key, nowMs);
    if (counted !== undefined) counted.coldUntilMs = nowMs + ms;
  }

  #of(key: string, nowMs: number): Counted | undefined {
    if (nowMs - this.#sinceMs >= PERIOD_MS) {
      this.#before = nowMs - this.#sinceMs < 2 * PERIOD_MS ? this.#now : new Map();
      this.#now = new Map();
      this.#sinceMs = nowMs;
    }
    const counted = this.#now.get(key);
    if (counted !== undefined) return counted;
    if (this.#now.size >= MOST_COUNTED || key.length > LONGEST_KEY) return undefined;
    const before = this.#before.get(key);
    const fresh = { calls: 0, before: before?.calls ?? 0, coldUntilMs: before?.coldUntilMs ?? 0 };
    this.#now.set(key, fresh);
    return fresh;
  }
}
