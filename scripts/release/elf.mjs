/** Section type of the versions that a library needs of others (ELF, gABI and LSB "Symbol Versioning"). */
const GNU_VERNEED = 0x6ffffffe;

/** The versions of glibc's symbols that a little-endian ELF file needs, as `2.17`, in order; none where it is musl's. */
export function neededGlibc(elf) {
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
  return [...found].sort(compareVersions);
}

/** Those of them that a system with this version of glibc does not have. */
export function tooNew(elf, oldest) {
  return neededGlibc(elf).filter((version) => compareVersions(version, oldest) > 0);
}

/** The 32-bit header and the 64-bit one have the same fields at other places. */
function sectionsOf(elf) {
  const wide = elf[4] === 2;
  const word = (at) => (wide ? Number(elf.readBigUInt64LE(at)) : elf.readUInt32LE(at));
  const [start, size, count] = wide
    ? [word(0x28), elf.readUInt16LE(0x3a), elf.readUInt16LE(0x3c)]
    : [word(0x20), elf.readUInt16LE(0x2e), elf.readUInt16LE(0x30)];
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * size;
    return {
      type: elf.readUInt32LE(at + 4),
      offset: word(at + (wide ? 0x18 : 0x10)),
      link: elf.readUInt32LE(at + (wide ? 0x28 : 0x18)),
      info: elf.readUInt32LE(at + (wide ? 0x2c : 0x1c)),
    };
  });
}

function textAt(elf, offset) {
  return elf.toString('latin1', offset, elf.indexOf(0, offset));
}

function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(left.length, right.length); i++)
    if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) - (right[i] ?? 0);
  return 0;
}
