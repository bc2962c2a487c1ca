import type { Entry } from '../engine/entry.js';

/** Half of what V8's `Map` can hold: with as many deleted ones it still has room to clean itself up. */
const MOST_IN_A_MAP = 2 ** 23;

/** Entries by key, also more than one `Map` can hold. Each look-up past the first map costs one more. */
export class KeyMap {
  #newest = new Map<string, Entry>();
  #full: Map<string, Entry>[] = [];
  readonly #mostInAMap: number;

  constructor(mostInAMap = MOST_IN_A_MAP) {
    this.#mostInAMap = mostInAMap;
  }

  get size(): number {
    return this.#full.reduce((sum, map) => sum + map.size, this.#newest.size);
  }

  get(key: string): Entry | undefined {
    const entry = this.#newest.get(key);
    if (entry !== undefined || this.#full.length === 0) return entry;
    for (const map of this.#full) {
      const older = map.get(key);
      if (older !== undefined) return older;
    }
    return undefined;
  }

  /** Adds an entry whose key is not held. */
  add(entry: Entry): void {
    if (this.#newest.size >= this.#mostInAMap) {
      this.#full.push(this.#newest);
      this.#newest = new Map();
    }
    this.#newest.set(entry.key, entry);
  }

  delete(key: string): void {
    if (this.#newest.delete(key) || this.#full.length === 0) return;
    this.#full.find((map) => map.delete(key));
    this.#full = this.#full.filter((map) => map.size > 0);
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (const map of [...this.#full, this.#newest]) yield* map.values();
  }
}
