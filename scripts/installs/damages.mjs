// What may be wrong with an installed project: each with what it does to one, the line that `backends()` tells of the binary,
// and what `headgate doctor` says of the engine.
import { chmodSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seal } from '../release/seal.mjs';

const NEXT = '9.9.9';
/** In the head of an ELF file: what processor it is for, and what stands there for one that nobody has. */
const [MACHINE_AT, OTHER_MACHINE] = [0x12, 243];

/** `project` has `folder` and `binary`, the path of the binary; `version` is that of headgate. */
export const DAMAGES = [
  {
    name: 'a binary that was cut',
    damage: ({ binary }) => truncateSync(binary, 100_000),
    told: /is damaged: it has 100000 bytes in the place of \d+/,
    doctor: /damaged: it was cut/,
  },
  {
    name: 'a binary that is empty',
    damage: ({ binary }) => truncateSync(binary, 0),
    told: /is damaged: it has 0 bytes/,
    doctor: /damaged: it is empty/,
  },
  {
    name: 'a binary that is something else',
    damage: ({ binary }) => writeFileSync(binary, '<html>a proxy answered this</html>'.repeat(100)),
    told: /is damaged: it has \d+ bytes/,
    doctor: /damaged: it does not begin as a binary does/,
  },
  {
    name: 'a binary with a block of zeros',
    damage: ({ binary }) => writeFileSync(binary, readFileSync(binary).fill(0, 131_072, 135_168)),
    told: /is damaged: its checksum is not/,
    doctor: /is damaged: its checksum is not/,
  },
  {
    name: 'a binary of another architecture',
    damage({ binary }) {
      const bytes = readFileSync(binary);
      bytes.writeUInt16LE(OTHER_MACHINE, MACHINE_AT);
      writeFileSync(binary, bytes);
      seal(dirname(binary));
    },
    told: /cannot open shared object file|wrong ELF class|Exec format/,
    doctor: /built for linux-riscv64, and this is/,
  },
  {
    name: "another version's binary",
    damage({ folder, version }) {
      for (const each of ['headgate', '@headgate/core-native'])
        ofNextVersion(join(folder, 'node_modules', each), version);
    },
    told: new RegExp(`its version is [\\d.]+, and that of @headgate/core-native is ${NEXT}`),
    doctor: new RegExp(`core-native-\\S+ is of version [\\d.]+, and headgate of ${NEXT}`),
  },
  {
    name: "another version's core-native",
    damage: ({ folder, version }) => ofNextVersion(join(folder, 'node_modules/@headgate/core-native'), version),
    told: new RegExp(`its version is ${NEXT}, and that of headgate is`),
    doctor: new RegExp(`@headgate/core-native is of version ${NEXT}, and headgate of`),
  },
  {
    name: 'a binary that is missing',
    damage: ({ binary }) => rmSync(binary),
    told: /no such file|Cannot find module/,
    doctor: /\.node is missing/,
  },
  {
    name: 'a binary that may not be read',
    asNobody: true,
    damage: ({ binary }) => chmodSync(binary, 0),
    told: /permission denied/,
    doctor: /may not be read/,
  },
];

/** As if it had been installed in a later version than the rest. */
function ofNextVersion(folder, version) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!/^(package\.json|dist.*js)$/.test(name)) continue;
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`"${version}"`, `"${NEXT}"`));
  }
}
