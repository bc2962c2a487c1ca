/** Half of what V8's `Map` can hold: with as many deleted ones it still has room to clean itself up. */
const MOST_IN_A_MAP = 2 ** 23;
/** So many maps have the keys between them. */
const MAPS = 16;

/**
 * Slots by key. A `Map` stalls where it doubles, and where it halves when its keys go: by the last two units of a key one
 * of several small maps has it, so that none of them takes long. Keys that all end alike are in one, as they would be
 * without that. Also more than a `Map` can hold: each look-up past the first one costs one more.
 */
export class KeyMap {
  readonly #newest: Map<string, number>[];
  readonly #mostInAMap: number;
  /** Maps that are full, by the number of the one that goes on. */
  #full: (readonly [number: number, map: Map<string, number>])[] = [];

  constructor(mostInAMap = MOST_IN_A_MAP) {
    this.#mostInAMap = mostInAMap;
    this.#newest = Array.from({ length: MAPS }, () => new Map<string, number>());
  }

  get size(): number {
    const maps = [...this.#newest, ...this.#full.map(([, map]) => map)];
    return maps.reduce((sum, map) => sum + map.size, 0);
  }

  get(key: string): number | undefined {
    const slot = (this.#newest[numberOf(key)] as Map<string, number>).get(key);
    return slot === undefined && this.#full.length > 0 ? this.#older(key) : slot;
  }

  #older(key: string): number | undefined {
    return this.#full.find(([number, map]) => number === numberOf(key) && map.has(key))?.[1].get(key);
  }

  /** Adds a key that is not held. */
  add(key: string, slot: number): void {
    const number = numberOf(key);
    const map = this.#newest[number] as Map<string, number>;
    if (map.size < this.#mostInAMap) {
      map.set(key, slot);
      return;
    }
    this.#full.push([number, map]);
    this.#newest[number] = new Map([[key, slot]]);
  }

  delete(key: string): void {
    const number = numberOf(key);
    if ((this.#newest[number] as Map<string, number>).delete(key) || this.#full.length === 0) return;
    this.#full.find(([each, map]) => each === number && map.delete(key));
    this.#full = this.#full.filter(([, map]) => map.size > 0);
  }
}

/** Which map has a key: digits and letters at its end are spread evenly. */
function numberOf(key: string): number {
  const { length } = key;
  return (key.charCodeAt(length - 1) + 7 * key.charCodeAt(length - 2)) & (MAPS - 1);
}
