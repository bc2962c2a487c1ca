// Refuses to publish a platform package, in whose folder it runs, with a binary that is not that of the platform.
import { readFileSync } from 'node:fs';
import { refusalOf } from './release/binary.mjs';

const { files, name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const binary = files.find((file) => file.endsWith('.node'));
const refusal = refusalOf(binary, name.replace('@headgate/core-native-', ''), version);
if (refusal !== undefined) {
  console.log(`${binary} can't be published: ${refusal}`);
  process.exit(1);
}
