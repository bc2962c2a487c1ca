import { sha256 } from './sha256.js';

/** A key of so many UTF-16 units is held as it is; a longer one is folded. */
export const MOST_UNITS = 64;
/** V8 makes slices and ropes from that many units on; shorter strings are always copies. */
const LEAST_SLICE = 13;
const FOLDED = /^sha256:[0-9a-f]{64}$/;

/**
 * The name by which a key is held, so that no key takes more than another: up to 64 units the key itself, and else
 * its SHA-256, in 71 units. What was not folded is shorter, so the two never meet.
 *
 * Free up to 64 units; beyond, some 15 ns per unit: a key of 16 KB takes a quarter of a millisecond.
 */
export function fold(key: string): string {
  return key.length <= MOST_UNITS ? key : folded(key);
}

function folded(key: string): string {
  return `sha256:${sha256(key)}`;
}

/** Whether a key is held by this name, where that costs no more than to compare: of a long key it never says so. */
export function isNameOf(key: string, name: string): boolean {
  return key.length <= MOST_UNITS && key === name;
}

/** Whether a string is what `fold` answers for some key. */
export function isFolded(name: string): boolean {
  return name.length <= MOST_UNITS || FOLDED.test(name);
}

/**
 * The same string in memory of its own: what was cut out of a longer one keeps all of that alive, and what was put
 * together keeps its pieces. Joining two pieces writes a new string, in V8, JavaScriptCore and SpiderMonkey.
 */
export function flat(text: string): string {
  return text.length < LEAST_SLICE ? text : [text[0], text.slice(1)].join('');
}
