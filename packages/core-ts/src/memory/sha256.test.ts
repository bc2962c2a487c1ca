import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from './sha256.js';

function byNode(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex');
}

const units = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 0xffff }));

describe('SHA-256 of UTF-16 units is as Node has it', () => {
  it.each(['a', '\u1234', '\ud800', '\udfff\ud800', '\0', '\xff'])('for every length up to 200 of %j', (text) => {
    for (let length = 0; length <= 200; length++) expect(sha256(text.repeat(length))).toBe(byNode(text.repeat(length)));
  });

  it('for any units, lone surrogates too', () => {
    fc.assert(
      fc.property(fc.array(units, { maxLength: 200 }), (list) => {
        const text = String.fromCharCode(...list);
        expect(sha256(text)).toBe(byNode(text));
      }),
    );
  });

  it('for 100 kB, in one piece, cut out of more, and put together', () => {
    const text = 'wide \u{1f512} and narrow, '.repeat(5_000);
    const expected = byNode(text);
    expect(sha256(text)).toBe(expected);
    expect(sha256(`<${text}>`.slice(1, -1))).toBe(expected);
    expect(sha256(text.slice(0, 777) + text.slice(777))).toBe(expected);
  });
});
