// Refuses to publish a platform package, in whose folder it runs, with a binary that asks for a newer glibc than it may.
import { readFileSync } from 'node:fs';
import { OLDEST_GLIBC } from './build-native.mjs';
import { tooNew } from './release/glibc.mjs';

const { files } = JSON.parse(readFileSync('package.json', 'utf8'));
const binary = files.find((file) => file.endsWith('.node'));
const newer = tooNew(binary, OLDEST_GLIBC);
if (newer.length > 0) {
  console.log(
    `${binary} needs glibc ${newer.join(', ')}, and ${OLDEST_GLIBC} is the newest that it may: pnpm build:release`,
  );
  process.exit(1);
}
