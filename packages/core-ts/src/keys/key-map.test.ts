import { expect, it } from 'vitest';
import { Entry } from '../engine/entry.js';
import { KeyMap } from './key-map.js';

it('more entries than one map may have are found, counted and deleted in the others', () => {
  const keys = new KeyMap(3);
  const entries = Array.from({ length: 10 }, (_, i) => new Entry(`key ${i}`, 1));
  for (const entry of entries) keys.add(entry);
  expect(keys.size).toBe(10);
  expect(entries.every((entry) => keys.get(entry.key) === entry)).toBe(true);
  expect([...keys]).toEqual(entries);
  for (const { key } of entries.slice(0, 9)) keys.delete(key);
  keys.delete('key that is not held');
  expect([keys.size, keys.get('key 0'), keys.get('key 9')]).toEqual([1, undefined, entries[9]]);
});
