import { flat, fold, MOST_UNITS } from '../memory/fold.js';
import { wholeNumber } from '../options/checks.js';

/** A key that was denied often. */
export interface TopKey {
  /** Of a key of more than 64 units the first 64, `…`, and the SHA-256 that tells it from others that begin so. */
  readonly key: string;
  /** How often it was denied: at most that often, and at least `denied - overcount` times. */
  readonly denied: number;
  /** By how much `denied` may be too high: 0 for a key that was never pushed out. */
  readonly overcount: number;
}

/** So many keys are counted; a key with more than a 1,024th of all denials is always among them. */
export const MOST_TOP_KEYS = 1024;

/**
 * The keys that are denied most, in bounded memory: the space-saving sketch (Metwally, Agrawal and El Abbadi
 * 2005). A key that is not counted takes the place of one that was counted least, and that one's count with it.
 * A denial costs O(1).
 */
export class TopKeys {
  readonly #counted = new Map<string, TopKey>();
  /** The keys of each count, the one that came to it first in front. */
  readonly #byCount = new Map<number, Set<string>>();
  #least = 0;

  /** A key of any length. */
  add(whole: string): void {
    const name = shown(whole);
    const held = this.#counted.get(name) ?? this.#enter(flat(name));
    const { key, denied } = held;
    this.#leave(key, denied);
    this.#counted.set(key, { ...held, denied: denied + 1 });
    const peers = this.#byCount.get(denied + 1);
    if (peers === undefined) this.#byCount.set(denied + 1, new Set([key]));
    else peers.add(key);
    if (denied === 0) this.#least = 1;
    else if (denied === this.#least && !this.#byCount.has(denied)) this.#least = denied + 1;
  }

  /** The `n` most denied, the most denied first. O(keys counted). */
  most(n: number): TopKey[] {
    return [...this.#counted.values()].sort((a, b) => b.denied - a.denied).slice(0, n);
  }

  /** What the key begins with: nothing while there is room, else the least count. */
  #enter(key: string): TopKey {
    if (this.#counted.size < MOST_TOP_KEYS) return { key, denied: 0, overcount: 0 };
    const [first] = this.#byCount.get(this.#least) as Set<string>;
    this.#leave(first as string, this.#least);
    this.#counted.delete(first as string);
    return { key, denied: this.#least, overcount: this.#least };
  }

  #leave(key: string, denied: number): void {
    const peers = this.#byCount.get(denied);
    peers?.delete(key);
    if (peers?.size === 0) this.#byCount.delete(denied);
  }
}

/** Different for different keys: no whole key is that long. */
function shown(key: string): string {
  return key.length <= MOST_UNITS ? key : `${key.slice(0, MOST_UNITS)}… ${fold(key)}`;
}

/** @throws Error where nothing was tracked; TypeError or RangeError for an `n` that is none. */
export function mostDenied(top: TopKeys | undefined, n: number): TopKey[] {
  const most = wholeNumber('n', n, 1, MOST_TOP_KEYS);
  if (top === undefined) throw new Error('topKeys needs a limiter that is made with track: true');
  return top.most(most);
}
