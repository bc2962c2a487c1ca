import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { assertWhole } from '../js/whole-file.js';

const folder = mkdtempSync(join(tmpdir(), 'headgate-whole-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A head alone, whose table of sections begins right after it. */
function head(bits: 32 | 64, sections: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write('\x7fELF', 'latin1');
  bytes[4] = bits / 32;
  if (bits === 64) {
    bytes.writeBigUInt64LE(64n, 0x28);
    bytes.writeUInt16LE(1, 0x3a);
    bytes.writeUInt16LE(sections, 0x3c);
  } else {
    bytes.writeUInt32LE(64, 0x20);
    bytes.writeUInt16LE(1, 0x2e);
    bytes.writeUInt16LE(sections, 0x30);
  }
  return bytes;
}

function tried(bytes: Uint8Array): () => void {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  return () => assertWhole(path);
}

describe('a binary before it is opened', () => {
  it.each([32, 64] as const)('of %i bits is whole with all of its last table, and cut with a byte less', (bits) => {
    const whole = Buffer.concat([head(bits, 100), Buffer.alloc(100)]);
    expect(tried(whole)).not.toThrow();
    expect(tried(whole.subarray(0, -1))).toThrow(`${join(folder, 'file')} was cut: it has 163 bytes of 164 or more`);
  });

  it.each([0, 1, 63])('of %i bytes is none', (length) => {
    expect(tried(Buffer.alloc(length))).toThrow(`was cut: it has ${length} bytes of 64 or more`);
  });

  it('that is of another system is left to that system', () => {
    expect(tried(Buffer.alloc(64, 0xcf))).not.toThrow();
  });

  it('that is not there is an error of the system', () => {
    expect(() => assertWhole(join(folder, 'none'))).toThrow('ENOENT');
  });

  const here = fileURLToPath(new URL('..', import.meta.url));
  const built = readdirSync(here).find((name) => name.startsWith('headgate.linux-') && name.endsWith('.node'));
  it.skipIf(built === undefined)(
    `that was built here is whole, and cut anywhere it is not${built === undefined ? ' (skipped: none was built for Linux)' : ''}`,
    () => {
      const bytes = readFileSync(join(here, built as string));
      expect(tried(bytes)).not.toThrow();
      for (const part of [0.01, 0.5, 0.99]) expect(tried(bytes.subarray(0, bytes.length * part))).toThrow('was cut');
    },
  );
});
