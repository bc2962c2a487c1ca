import type { Fault } from '../fault.js';

const folds: readonly (readonly [name: string, fold: string])[] = [
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

const CLASS = 'export class KeyMap {';

const ofLongKeys: readonly Fault[] = [
  { name: 'long keys are cut', file: 'memory/fold.ts', find: 'sha256(key)', replace: 'key.slice(0, MOST_UNITS)' },
  {
    name: 'long keys are hashed up to 9,999 units',
    file: 'memory/fold.ts',
    find: 'sha256(key)',
    replace: 'sha256(key.slice(0, 9999))',
  },
  {
    name: 'a key that looks folded is taken for one',
    file: 'memory/fold.ts',
    find: 'return key.length <= MOST_UNITS ? key',
    replace: 'return isFolded(key) ? key',
  },
  {
    name: 'a key that looks folded is taken for the last one',
    file: 'memory/fold.ts',
    find: 'return key.length <= MOST_UNITS && key === name',
    replace: 'return key === name',
  },
  {
    name: 'long keys are hashed without the upper half of each unit',
    file: 'memory/sha256.ts',
    find: '((a >>> 8) << 16)',
    replace: '0',
  },
];

/** Faults in what makes two keys one: the engine's maps look a key up under another. */
const inTheMap: readonly Fault[] = folds.map(([name, fold]) => ({
  name,
  file: 'memory/key-map.ts',
  find: CLASS,
  replace: `const fold = (key: string) => ${fold}; export class KeyMap { inner = new Inner(); get(key) { return this.inner.get(fold(key)); } add(key, slot) { this.inner.add(fold(key), slot); } delete(key) { this.inner.delete(fold(key)); } } class Inner {`,
}));

export const keyFaults: readonly Fault[] = [...inTheMap, ...ofLongKeys];
