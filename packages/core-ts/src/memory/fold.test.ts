import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, fold, isFolded, MOST_UNITS } from './fold.js';
import { sha256 } from './sha256.js';

const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
  .map((units) => String.fromCharCode(...units));

describe('a folded key', () => {
  it('is the key itself up to 64 units, and beyond has 71 units whatever it is', () => {
    fc.assert(
      fc.property(anyText, (key) => {
        const name = fold(key);
        if (key.length <= MOST_UNITS) expect(name).toBe(key);
        else expect(name).toHaveLength(71);
        expect(isFolded(name)).toBe(true);
      }),
    );
  });

  it.each([63, 64, 65, 71, 16_000])('is another for keys of %i units that differ in one', (length) => {
    const key = 'k'.repeat(length);
    const others = [0, 1, length - 2, length - 1].map((at) => `${key.slice(0, at)}\u016b${key.slice(at + 1)}`);
    const names = [key, `${key}k`, key.slice(1), ...others].map(fold);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is another for a key that looks like one', () => {
    const name = fold('k'.repeat(65));
    expect(fold(name)).not.toBe(name);
    expect(fold(fold(name))).not.toBe(fold(name));
  });

  it('is told from what no key is held as', () => {
    const name = `sha256:${sha256('')}`;
    expect(isFolded(name)).toBe(true);
    for (const other of [
      `${name}0`,
      ` ${name}`,
      `${name}\n`,
      name.toUpperCase(),
      `sha512${name.slice(6)}`,
      name.replace(/.$/, 'g'),
    ])
      expect(isFolded(other), other).toBe(false);
  });
});

it('a flat copy is the same string', () => {
  fc.assert(fc.property(anyText, (text) => flat(text) === text));
  for (const text of ['\ud83d\ude00'.repeat(7), '\ude00'.repeat(13), '']) expect(flat(text)).toBe(text);
});
