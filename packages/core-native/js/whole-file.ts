import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The head of an ELF file of 64 bits, which is longer than that of 32 bits. */
const HEAD_BYTES = 64;

/**
 * Linux ends the process that opens a library whose end is missing, as an interrupted install or a full disk leaves it:
 * it reads beyond the end of the file. So this looks first, in a few µs: a local build has no checksum, as published ones
 * have. The other systems look by themselves.
 *
 * @throws Error where an ELF file is shorter than its head says, or the file can't be read.
 */
export function assertWhole(path: string): void {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const length = readSync(file, head, 0, HEAD_BYTES, 0);
    const whole = length < HEAD_BYTES ? HEAD_BYTES : lengthOf(head);
    const { size } = fstatSync(file);
    if (size < whole) throw new Error(`${path} was cut: it has ${size} bytes of ${whole} or more`);
  } finally {
    closeSync(file);
  }
}

/** Where the table of sections ends, which linkers put last; 0 for what is no ELF file. */
function lengthOf(head: Buffer): number {
  if (head.toString('latin1', 0, 4) !== '\x7fELF') return 0;
  if (head[4] === 2) return Number(head.readBigUInt64LE(0x28)) + head.readUInt16LE(0x3a) * head.readUInt16LE(0x3c);
  return head.readUInt32LE(0x20) + head.readUInt16LE(0x2e) * head.readUInt16LE(0x30);
}
