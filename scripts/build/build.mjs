// Builds what can be built here, side by side: the native engine where there is cargo, and the packages. `--code`: without
// their declarations, but in CI, which tries these too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildNative } from './build-native.mjs';

const what = process.argv.includes('--code') && process.env.CI !== 'true' ? 'build:code' : 'build:ts';
const packages = spawn('pnpm', ['run', what], { stdio: 'inherit' });
const ended = once(packages, 'exit');
const missing = buildNative();
const [status] = await ended;
if (missing !== undefined) {
  console.log(`native engine: not built, ${missing}; the TypeScript engine takes its place`);
  if (process.env.CI === 'true') process.exit(1);
}
process.exit(status ?? 1);
