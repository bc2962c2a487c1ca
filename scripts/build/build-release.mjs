// Builds the native engine as it is published, for this machine or for the platform that is named, and fails where it
// can't or where what came out is not that: node scripts/build/build-release.mjs [linux-arm64-musl]

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusalOf } from '../release/binary.mjs';
import { buildNativeRelease, platformName } from './build-native.mjs';

const [platform = platformName()] = process.argv.slice(2);
const missing = buildNativeRelease(platform);
if (missing !== undefined) {
  console.log(`native engine: not built for a release, ${missing}`);
  process.exit(1);
}
const folder = fileURLToPath(new URL('../../packages/core-native', import.meta.url));
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const binary = join(folder, 'npm', platform, `headgate.${platform}.node`);
const refusal = refusalOf(binary, platform, version);
console.log(`${binary}: ${refusal === undefined ? 'fit for a release' : `not fit for a release: ${refusal}`}`);
process.exit(refusal === undefined ? 0 : 1);
