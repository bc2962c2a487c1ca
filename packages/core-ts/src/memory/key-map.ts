/** Half of what V8's `Map` can hold: with as many deleted ones it still has room to clean itself up. */
const MOST_IN_A_MAP = 2 ** 23;

/** Slots by key, also more than one `Map` can hold. Each look-up past the first map costs one more. */
export class KeyMap {
  #newest = new Map<string, number>();
  #full: Map<string, number>[] = [];
  readonly #mostInAMap: number;

  constructor(mostInAMap = MOST_IN_A_MAP) {
    this.#mostInAMap = mostInAMap;
  }

  get size(): number {
    return this.#full.reduce((sum, map) => sum + map.size, this.#newest.size);
  }

  get(key: string): number | undefined {
    const slot = this.#newest.get(key);
    return slot === undefined && this.#full.length > 0 ? this.#older(key) : slot;
  }

  #older(key: string): number | undefined {
    for (const map of this.#full) {
      const slot = map.get(key);
      if (slot !== undefined) return slot;
    }
    return undefined;
  }

  /** Adds a key that is not held. */
  add(key: string, slot: number): void {
    if (this.#newest.size >= this.#mostInAMap) {
      this.#full.push(this.#newest);
      this.#newest = new Map();
    }
    this.#newest.set(key, slot);
  }

  delete(key: string): void {
    if (this.#newest.delete(key) || this.#full.length === 0) return;
    this.#full.find((map) => map.delete(key));
    this.#full = this.#full.filter((map) => map.size > 0);
  }
}
