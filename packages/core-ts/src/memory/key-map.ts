/** Half of what V8's `Map` can hold: with as many deleted ones it still has room to clean itself up. */
const MOST_IN_A_MAP = 2 ** 23;
/** So many keys one map has alone. */
const MOST_ALONE = 2 ** 14;
/** So many maps have more keys than that between them. */
const MAPS = 16;

/**
 * Slots by key. A `Map` stalls where it doubles, and where it halves when its keys go: of many keys, one of several small
 * maps has each, by its last two units, so that none of them takes long. Keys that all end alike are in one, as they would
 * be without that. Few keys are in one map, where a look-up takes 6 ns less.
 *
 * Also more than a `Map` can hold: each look-up past the first one costs one more.
 */
export class KeyMap {
  /** All keys, while they are few. */
  #alone: Map<string, number> | undefined = new Map();
  #newest: Map<string, number>[] = [];
  readonly #mostAlone: number;
  readonly #mostInAMap: number;
  /** Maps that are full, by the number of the one that goes on. */
  #full: (readonly [number: number, map: Map<string, number>])[] = [];

  constructor(mostInAMap = MOST_IN_A_MAP, mostAlone = MOST_ALONE) {
    this.#mostInAMap = mostInAMap;
    this.#mostAlone = mostAlone;
  }

  get(key: string): number | undefined {
    const alone = this.#alone;
    return alone === undefined ? this.#oneOf(key) : alone.get(key);
  }

  #oneOf(key: string): number | undefined {
    const slot = (this.#newest[numberOf(key)] as Map<string, number>).get(key);
    return slot === undefined && this.#full.length > 0 ? this.#older(key) : slot;
  }

  #older(key: string): number | undefined {
    return this.#full.find(([number, map]) => number === numberOf(key) && map.has(key))?.[1].get(key);
  }

  /** Adds a key that is not held. */
  add(key: string, slot: number): void {
    if (this.#alone !== undefined && this.#alone.size >= this.#mostAlone) this.#spread(this.#alone);
    if (this.#alone === undefined) this.#addToOne(key, slot);
    else this.#alone.set(key, slot);
  }

  #spread(alone: Map<string, number>): void {
    this.#alone = undefined;
    this.#newest = Array.from({ length: MAPS }, () => new Map<string, number>());
    for (const [key, slot] of alone) this.#addToOne(key, slot);
  }

  #addToOne(key: string, slot: number): void {
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
    if (this.#alone === undefined) this.#deleteFromOne(key);
    else this.#alone.delete(key);
  }

  #deleteFromOne(key: string): void {
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
