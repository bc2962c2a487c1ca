import { Readable } from 'node:stream';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ahead, unpacked } from './unpacked.js';

/** Lines that don't pack well: more than a piece of them. */
const TEXT = Array.from({ length: 3000 }, (_, i) => `${Math.imul(i, 0x9e3779b1) >>> 0} line\n`).join('');
const PACKED = Buffer.concat([gzipSync(TEXT.slice(0, 20_000)), gzipSync(TEXT.slice(20_000))]);

async function textOf(chunks: readonly Buffer[]): Promise<{ text: string; error: string | undefined }> {
  const out: Buffer[] = [];
  const done = (error?: Error) => ({ text: Buffer.concat(out).toString(), error: error?.message });
  try {
    for await (const chunk of ahead(unpacked(Readable.from(chunks)))) out.push(chunk);
    return done();
  } catch (error) {
    return done(error as Error);
  }
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

it('whatever is behind the gzip data, all of that is handed over', async () => {
  for (const [behind, error] of [
    ['', undefined],
    ['\0'.repeat(1000), undefined],
    ['garbage\n', 'incorrect header check'],
    [TEXT, 'incorrect header check'],
    ['\x1f\x8bno', 'unknown compression method'],
  ] as const)
    for (const size of [7, 1000, 65_536])
      expect(await textOf(cut(Buffer.concat([PACKED, Buffer.from(behind, 'latin1')]), size))).toEqual({
        text: TEXT,
        error,
      });
});

it('all that comes before a damage, or before an end in the middle, is handed over', async () => {
  const place = fc.integer({ min: 20, max: PACKED.length - 9 });
  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, flip, isCut) => {
      const bytes = isCut ? PACKED.subarray(0, at) : Buffer.from(PACKED);
      if (!isCut) bytes[at] = (bytes[at] as number) ^ flip;
      const { text, error } = await textOf(cut(bytes, 65_536));
      const before = gunzipSync(PACKED.subarray(0, at), { finishFlush: constants.Z_SYNC_FLUSH }).toString();
      expect(text.startsWith(before)).toBe(true);
      // A cut right behind a member is an end, and some bits of a header say nothing.
      if (text !== TEXT && text !== TEXT.slice(0, 20_000)) expect(error).toBeDefined();
    }),
    { numRuns: 60 },
  );
});
