import { readFileSync } from 'node:fs';

/** Section type of the versions that a library needs of others (ELF, gABI and LSB "Symbol Versioning"). */
const GNU_VERNEED = 0x6ffffffe;

/** The versions of glibc's symbols that a 64-bit little-endian ELF file needs, as `2.17`, in order. */
export function neededGlibc(file) {
  const elf = readFileSync(file);
  if (elf.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new Error(`${file} is no 64-bit ELF file`);
  const sections = sectionsOf(elf);
  const needs = sections.find(({ type }) => type === GNU_VERNEED);
  if (needs === undefined) return [];
  const names = sections[needs.link];
  const found = new Set();
  for (let i = 0, at = needs.offset; i < needs.info; i++, at += elf.readUInt32LE(at + 12)) {
    const count = elf.readUInt16LE(at + 2);
    for (let j = 0, aux = at + elf.readUInt32LE(at + 8); j < count; j++, aux += elf.readUInt32LE(aux + 12)) {
      const [, version] = /^GLIBC_([\d.]+)$/.exec(textAt(elf, names.offset + elf.readUInt32LE(aux + 8))) ?? [];
      if (version !== undefined) found.add(version);
    }
  }
  return [...found].sort(compare);
}

/** Those of them that a system with this version of glibc does not have. */
export function tooNew(file, oldest) {
  return neededGlibc(file).filter((version) => compare(version, oldest) > 0);
}

function sectionsOf(elf) {
  const [start, size, count] = [Number(elf.readBigUInt64LE(0x28)), elf.readUInt16LE(0x3a), elf.readUInt16LE(0x3c)];
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * size;
    return {
      type: elf.readUInt32LE(at + 4),
      offset: Number(elf.readBigUInt64LE(at + 0x18)),
      link: elf.readUInt32LE(at + 0x28),
      info: elf.readUInt32LE(at + 0x2c),
    };
  });
}

function textAt(elf, offset) {
  return elf.toString('latin1', offset, elf.indexOf(0, offset));
}

function compare(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(left.length, right.length); i++)
    if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) - (right[i] ?? 0);
  return 0;
}
