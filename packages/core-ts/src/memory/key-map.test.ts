import { expect, it } from 'vitest';
import { KeyMap } from './key-map.js';

for (const [what, keyOf] of [
  ['that end alike', (i: number) => `${i} key`],
  ['that end differently', (i: number) => `key ${i}`],
  ['of one unit or none', (i: number) => (i === 0 ? '' : String.fromCharCode(i))],
] as const)
  it(`more keys ${what} than maps may have are found, counted and deleted`, () => {
    const keys = new KeyMap(3);
    for (let slot = 0; slot < 100; slot++) keys.add(keyOf(slot), slot);
    expect(keys.size).toBe(100);
    for (let slot = 0; slot < 100; slot++) expect(keys.get(keyOf(slot))).toBe(slot);
    for (let slot = 0; slot < 99; slot++) keys.delete(keyOf(slot));
    keys.delete('key that is not held');
    expect([keys.size, keys.get(keyOf(0)), keys.get(keyOf(99))]).toEqual([1, undefined, 99]);
  });
