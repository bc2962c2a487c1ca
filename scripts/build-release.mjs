// Builds the native engine as it is published, and refuses a binary that asks for a newer glibc than it may.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNativeRelease, OLDEST_GLIBC, platformName } from './build-native.mjs';
import { tooNew } from './glibc.mjs';

const missing = buildNativeRelease();
if (missing !== undefined) {
  console.log(`native engine: not built for a release, ${missing}`);
  process.exit(1);
}
const platform = platformName();
const binary = fileURLToPath(
  new URL(join('../packages/core-native/npm', platform, `headgate.${platform}.node`), import.meta.url),
);
const newer = platform.endsWith('-gnu') ? tooNew(binary, OLDEST_GLIBC) : [];
console.log(`${binary}: ${newer.length === 0 ? 'fit for a release' : `asks for ${newer.join(', ')}`}`);
process.exit(newer.length === 0 ? 0 : 1);
