// Builds what can be built here, side by side: the native engine where there is cargo, and the packages. `--quick`, for tests
// but in CI: an engine that is compiled sooner, and no declarations.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildNative } from './build-native.mjs';

const isQuick = process.argv.includes('--quick') && process.env.CI !== 'true';
const packages = spawn('pnpm', ['run', isQuick ? 'build:code' : 'build:ts'], { stdio: 'inherit' });
const ended = once(packages, 'exit');
const missing = buildNative(isQuick ? 'quick' : 'release');
const [status] = await ended;
if (missing !== undefined) {
  console.log(`native engine: not built, ${missing}; the TypeScript engine takes its place`);
  if (process.env.CI === 'true') process.exit(1);
}
process.exit(status ?? 1);
