/** So many are remembered; with one more, the one that was noted first goes. */
const MOST = 1000;
const FOR_MS = 1000;

/** Keys that the short script has left to the long one: for a second they go there at once, or each call would go twice. */
export class LongKeys {
  readonly #until = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#until.size === 0;
  }

  note(key: string): void {
    this.#until.delete(key);
    if (this.#until.size >= MOST) this.#until.delete(this.#until.keys().next().value as string);
    this.#until.set(key, performance.now() + FOR_MS);
  }

  has(key: string): boolean {
    const untilMs = this.#until.get(key);
    if (untilMs === undefined) return false;
    if (performance.now() < untilMs) return true;
    this.#until.delete(key);
    return false;
  }
}
