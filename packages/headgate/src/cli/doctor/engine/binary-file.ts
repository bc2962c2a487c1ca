import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What a binary was built for, by Node's names. */
export interface BuiltFor {
  readonly platform: string;
  readonly arch: string;
}

/** What the head of a file says of it. */
export type BinaryFile =
  | { readonly kind: 'binary'; readonly builtFor: BuiltFor }
  | { readonly kind: 'damaged'; readonly reason: string };

const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: 'ia32',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
};
const MACH_O_CPUS: Readonly<Record<number, string>> = { 16777223: 'x64', 16777228: 'arm64' };
const PE_MACHINES: Readonly<Record<number, string>> = { 332: 'ia32', 34404: 'x64', 43620: 'arm64' };
const HEAD_BYTES = 4096;

/** Reads the head of a binary. @throws Error of the system where the file can't be read. */
export function readBinaryFile(path: string): BinaryFile {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const length = readSync(file, head, 0, HEAD_BYTES, 0);
    return readHead(head.subarray(0, length), fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

/** `size`: of the whole file. */
export function readHead(head: Buffer, size: number): BinaryFile {
  if (size === 0) return damaged('it is empty');
  if (head.length < 64) return damaged(`it is ${size} bytes long, which no binary is`);
  const magic = head.readUInt32BE(0);
  if (magic === 0x7f454c46) return elf(head, size);
  if (magic === 0xcffaedfe) return built('darwin', MACH_O_CPUS[head.readUInt32LE(4)]);
  if (head.readUInt16BE(0) === 0x4d5a) return pe(head);
  const start = head.toString('latin1', 0, 40);
  if (start.startsWith('version https://git-lfs')) return damaged('it is a pointer of Git LFS and not the file itself');
  return damaged('it does not begin as a binary does');
}

/** The table of sections stands at the end, so a file that was cut lacks it. */
function elf(head: Buffer, size: number): BinaryFile {
  const is64 = head[4] === 2;
  const sections = is64 ? Number(head.readBigUInt64LE(0x28)) : head.readUInt32LE(0x20);
  const [length, count] = is64
    ? [head.readUInt16LE(0x3a), head.readUInt16LE(0x3c)]
    : [head.readUInt16LE(0x2e), head.readUInt16LE(0x30)];
  const whole = sections + length * count;
  if (whole > size) return damaged(`it was cut: it has ${size} bytes of ${whole}`);
  return built('linux', ELF_MACHINES[head.readUInt16LE(0x12)]);
}

function pe(head: Buffer): BinaryFile {
  const at = head.readUInt32LE(0x3c);
  if (at + 6 > head.length) return damaged('its head is not where it says');
  return built('win32', PE_MACHINES[head.readUInt16LE(at + 4)]);
}

function built(platform: string, arch = 'another processor'): BinaryFile {
  return { kind: 'binary', builtFor: { platform, arch } };
}

function damaged(reason: string): BinaryFile {
  return { kind: 'damaged', reason };
}
