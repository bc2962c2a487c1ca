import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lines } from './lines.js';

function linesOf(pieces: readonly Buffer[]): (string | undefined)[] {
  const found: (string | undefined)[] = [];
  const lines = new Lines((line) => found.push(line));
  for (const piece of pieces) lines.push(piece);
  lines.end();
  return found;
}

it('lines are the same wherever the bytes were cut', () => {
  const text = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', '\n', '\r\n') }), { maxLength: 8 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(40)), (parts, cuts) => {
      const bytes = Buffer.from(parts.join('\n'));
      const pieces: Buffer[] = [];
      let rest = bytes;
      for (const cut of cuts) {
        pieces.push(rest.subarray(0, cut));
        rest = rest.subarray(cut);
      }
      const wanted = bytes
        .toString()
        .split('\n')
        .map((line) => line.replace(/\r$/, ''));
      if (wanted.at(-1) === '') wanted.pop();
      const got = linesOf([...pieces, rest]);
      expect(got).toEqual(wanted);
    }),
    { numRuns: 300 },
  );
});

it('a byte order mark is no part of the first line, and a line beyond 1 MiB is not held', () => {
  expect(linesOf([Buffer.from('\ufeffa\nb')])).toEqual(['a', 'b']);
  const piece = Buffer.alloc(64 * 1024, 'x');
  expect(linesOf([Buffer.from('a\n'), ...Array(160).fill(piece), Buffer.from('\nb\n')])).toEqual(['a', undefined, 'b']);
  expect(linesOf(Array(160).fill(piece))).toEqual([undefined]);
});
