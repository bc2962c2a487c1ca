// Builds the native engine as it is published, and fails where it can't, or asks for a newer glibc than it may.
import { buildNativeRelease, OLDEST_GLIBC, releasedBinary } from './build-native.mjs';
import { tooNew } from './release/glibc.mjs';

const missing = buildNativeRelease();
if (missing !== undefined) {
  console.log(`native engine: not built for a release, ${missing}`);
  process.exit(1);
}
const binary = releasedBinary();
const newer = binary.includes('-gnu') ? tooNew(binary, OLDEST_GLIBC) : [];
console.log(`${binary}: ${newer.length === 0 ? 'fit for a release' : `needs glibc ${newer.join(', ')}`}`);
process.exit(newer.length === 0 ? 0 : 1);
