// Notes beside a platform package's binary how long it is and its CRC-32, by which the package finds out before it loads
// the binary that it was damaged. `prepack` runs this in the package's folder, so what is published always has it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';

export function seal(folder) {
  const [name] = readdirSync(folder).filter((each) => each.endsWith('.node'));
  if (name === undefined) throw new Error(`${folder} has no binary: build it before it is packed`);
  const bytes = readFileSync(join(folder, name));
  // A module and no JSON, which not every bundler reads.
  const text = `module.exports = { bytes: ${bytes.length}, crc32: ${crc32(bytes)} };\n`;
  writeFileSync(join(folder, 'binary.js'), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) seal(process.cwd());
