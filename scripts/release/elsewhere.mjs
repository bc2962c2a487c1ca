// Compiles the crate, as far as that goes without linking, for the systems that this machine is not: one of each kind,
// since those of a kind differ by the processor alone. Rust's library for a system comes by `rustup target add`; where it
// is not installed the system is skipped by name, and the release compiles it on its own.
import { fileURLToPath } from 'node:url';
import { platformName } from '../build/build-native.mjs';
import { Checks, run } from '../checks.mjs';
import { TARGETS } from './targets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const KINDS = ['linux-x64-musl', 'linux-arm-gnueabihf', 'darwin-arm64', 'win32-x64-msvc'];

const checks = new Checks();
const installed = run('rustup', ['target', 'list', '--installed'], root).stdout?.split('\n') ?? [];
for (const platform of KINDS.filter((each) => each !== platformName())) {
  const { target } = TARGETS[platform];
  const name = `cargo check for ${platform}`;
  if (!installed.includes(target)) checks.skipped(name, `rustup has no ${target} here`);
  else checks.command(name, 'cargo', ['check', '--quiet', '--locked', '--target', target], root);
}
checks.end();
