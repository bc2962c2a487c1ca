// Builds what can be built here: the native engine where there is cargo, and the packages.
import { spawnSync } from 'node:child_process';
import { buildNative } from './build-native.mjs';

const missing = buildNative();
if (missing !== undefined) {
  console.log(`native engine: not built, ${missing}; the TypeScript engine takes its place`);
  if (process.env.CI === 'true') process.exit(1);
}
const built = spawnSync('pnpm', ['run', 'build:ts'], { stdio: 'inherit' });
process.exit(built.status ?? 1);
