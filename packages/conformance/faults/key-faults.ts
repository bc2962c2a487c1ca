import type { Fault } from './fault.js';

const folds: readonly (readonly [name: string, fold: string])[] = [
  ['keys are cut at 64 units', 'key.slice(0, 64)'],
  ['keys are cut at 9,999 units', 'key.slice(0, 9999)'],
  ['keys are lowercased', 'key.toLowerCase()'],
  ['keys are trimmed', 'key.trim()'],
  ['keys end at NUL', "key.split('\\0')[0]"],
  ['keys are one up to the colon', "key.split(':')[0]"],
  ['keys are normalized', 'key.normalize()'],
  ['keys pass through UTF-8', 'new TextDecoder().decode(new TextEncoder().encode(key))'],
  ['keys pass through Latin-1', 'key.replace(/./gsu, (unit) => String.fromCharCode(unit.charCodeAt(0) & 255))'],
  ['keys that look like numbers are numbers', '/^\\d+$/.test(key) ? String(Number(key)) : key'],
  ['keys are told apart by their length', 'key.length'],
  ['the empty key is no key', "key || 'undefined'"],
  ['__proto__ is no key', "key === '__proto__' ? '' : key"],
];

const IMPORT = "import type { Entry } from './entry.js';";

/** Faults in what makes two keys one: the engine's maps look a key up under another. */
export const keyFaults: readonly Fault[] = folds.map(([name, fold]) => ({
  name,
  file: 'key-map.ts',
  find: IMPORT,
  replace: `${IMPORT} const fold = (key: string) => ${fold}; class Map extends globalThis.Map { get(key) { return super.get(fold(key)); } set(key, state) { return super.set(fold(key), state); } delete(key) { return super.delete(fold(key)); } }`,
}));
