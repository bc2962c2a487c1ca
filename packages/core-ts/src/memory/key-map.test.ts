import { expect, it } from 'vitest';
import { KeyMap } from './key-map.js';

it('more keys than one map may have are found, counted and deleted in the others', () => {
  const keys = new KeyMap(3);
  for (let slot = 0; slot < 10; slot++) keys.add(`key ${slot}`, slot);
  expect(keys.size).toBe(10);
  for (let slot = 0; slot < 10; slot++) expect(keys.get(`key ${slot}`)).toBe(slot);
  for (let slot = 0; slot < 9; slot++) keys.delete(`key ${slot}`);
  keys.delete('key that is not held');
  expect([keys.size, keys.get('key 0'), keys.get('key 9')]).toEqual([1, undefined, 9]);
});
