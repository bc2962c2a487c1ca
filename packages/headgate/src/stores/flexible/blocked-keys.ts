/** So many are held; with one more, the one that was noted first goes. */
const MOST_BLOCKED = 10_000;

/** Keys that are denied in this process, for a time, without the server. */
export class BlockedKeys {
  readonly #untilMs = new Map<string, number>();

  add(key: string, ms: number): void {
    this.#untilMs.delete(key);
    if (this.#untilMs.size >= MOST_BLOCKED) this.#untilMs.delete(this.#untilMs.keys().next().value as string);
    this.#untilMs.set(key, performance.now() + ms);
  }

  /** 0 where it is not blocked. */
  leftMs(key: string): number {
    const untilMs = this.#untilMs.get(key);
    if (untilMs === undefined) return 0;
    const leftMs = Math.ceil(untilMs - performance.now());
    if (leftMs <= 0) this.#untilMs.delete(key);
    return Math.max(0, leftMs);
  }

  delete(key: string): void {
    this.#untilMs.delete(key);
  }

  clear(): void {
    this.#untilMs.clear();
  }
}
