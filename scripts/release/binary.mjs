import { readFileSync } from 'node:fs';
import { neededGlibc, tooNew } from './elf.mjs';
import { OLDEST_GLIBC, TARGETS } from './targets.mjs';

/** `e_machine` of the ELF header, `cputype` of Mach-O's, `Machine` of PE's. */
const ELF_MACHINES = { 62: 'x64', 183: 'arm64', 40: 'arm' };
const MACH_O_TYPES = { 16777223: 'x64', 16777228: 'arm64' };
const PE_MACHINES = { 34404: 'x64', 43620: 'arm64' };
const MACH_O_64 = 0xfeedfacf;
/** `MARK` of `packages/core-native/src/node_api/loaded.rs`. */
const MARK = 'headgate native ';

/** Why this file is not the binary of that platform and version; `undefined` where it is. Does not run it. */
export function refusalOf(file, platform, version) {
  let bytes;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return error.code === 'ENOENT' ? 'it is missing' : `it can't be read: ${error.message}`;
  }
  const wanted = TARGETS[platform];
  const { format, arch } = kindOf(bytes);
  if (format === undefined) return 'it is no ELF, Mach-O or PE file';
  if (format !== wanted.format || arch !== wanted.arch)
    return `it is ${format} for ${arch ?? 'an unknown processor'}, not ${wanted.format} for ${wanted.arch}`;
  try {
    return refusalOfLibc(bytes, wanted) ?? refusalOfVersion(bytes, version);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return `it is cut off or damaged: ${error.message}`;
  }
}

/** What a file is by its first bytes. */
export function kindOf(bytes) {
  if (bytes.length < 64) return {};
  if (bytes.toString('latin1', 0, 4) === '\x7fELF')
    return { format: 'elf', arch: ELF_MACHINES[bytes.readUInt16LE(18)] };
  if (bytes.readUInt32LE(0) === MACH_O_64) return { format: 'mach-o', arch: MACH_O_TYPES[bytes.readUInt32LE(4)] };
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.toString('latin1', 0, 2) === 'MZ' && bytes.toString('latin1', header, header + 4) === 'PE\0\0')
    return { format: 'pe', arch: PE_MACHINES[bytes.readUInt16LE(header + 4)] };
  return {};
}

function refusalOfLibc(bytes, { libc }) {
  if (libc === undefined) return undefined;
  const found = neededGlibc(bytes).length === 0 ? 'musl' : 'glibc';
  if (found !== libc) return `it was linked for ${found}, not ${libc}`;
  const newer = tooNew(bytes, OLDEST_GLIBC);
  return newer.length === 0
    ? undefined
    : `it needs glibc ${newer.join(', ')}, and ${OLDEST_GLIBC} is the newest that it may: pnpm build:release`;
}

function refusalOfVersion(bytes, version) {
  const at = bytes.indexOf(MARK);
  const found = at === -1 ? undefined : bytes.toString('latin1', at + MARK.length, bytes.indexOf(0, at));
  return found === version ? undefined : `its version is ${found ?? 'not told'}, not ${version}`;
}
