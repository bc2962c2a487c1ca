import { expect, it } from 'vitest';
import { KeyMap } from './key-map.js';

for (const [what, keyOf] of [
  ['that end alike', (i: number) => `${i} key`],
  ['that end differently', (i: number) => `key ${i}`],
  ['of one unit or none', (i: number) => (i === 0 ? '' : String.fromCharCode(i))],
] as const)
  it(`more keys ${what} than maps may have are found and deleted`, () => {
    const keys = new KeyMap(3, 7);
    for (let slot = 0; slot < 100; slot++) keys.add(keyOf(slot), slot);
    for (let slot = 0; slot < 100; slot++) expect(keys.get(keyOf(slot))).toBe(slot);
    for (let slot = 0; slot < 99; slot++) keys.delete(keyOf(slot));
    keys.delete('key that is not held');
    for (let slot = 0; slot < 99; slot++) expect(keys.get(keyOf(slot))).toBe(undefined);
    expect(keys.get(keyOf(99))).toBe(99);
  });
