// Compiles the crate, as far as that goes without linking, for each platform of a release that this machine is not.
// Rust's library for a system comes by `rustup target add`. Where that was not done, and with CI=true, the library is
// compiled too, by Debian's packages of Rust. What neither can do is skipped by name, and the release compiles it.
import { fileURLToPath } from 'node:url';
import { platformName } from '../build/build-native.mjs';
import { Checks, run } from '../checks.mjs';
import { debianRust } from './debian-rust.mjs';
import { TARGETS } from './targets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CHECK = ['check', '--quiet', '--locked'];

const checks = new Checks();
const installed = run('rustup', ['target', 'list', '--installed'], root).stdout?.split('\n') ?? [];
const others = Object.entries(TARGETS)
  .filter(([platform]) => platform !== platformName())
  .map(([platform, { target, libc }]) => ({ name: `cargo check for ${platform}`, target, libc }));
const env = { ...process.env, ...Object.fromEntries(others.flatMap(flagsOf)) };

for (const { name, target } of others.filter((each) => isInstalled(each)))
  checks.command(name, 'cargo', [...CHECK, '--target', target], root, env);
checkByDebian(others.filter((each) => !isInstalled(each)));
checks.end();

function isInstalled({ target }) {
  return installed.includes(target);
}

/** All at once, which leaves no core idle while one crate waits for another; then each, to say which failed. */
function checkByDebian(left) {
  if (left.length === 0) return;
  const rust = process.env.CI === 'true' ? debianRust() : { missing: 'with CI=true it is compiled' };
  if (rust.missing !== undefined) {
    for (const { name, target } of left) checks.skipped(name, `rustup has no ${target} here; ${rust.missing}`);
    return;
  }
  const settings = { ...env, ...rust.env };
  const args = [...CHECK, ...rust.args];
  run('cargo', [...args, '--keep-going', ...left.flatMap(({ target }) => ['--target', target])], root, settings);
  for (const { name, target } of left) checks.command(name, 'cargo', [...args, '--target', target], root, settings);
}

/** An addon is a shared library, which musl has not by Rust's default. */
function flagsOf({ target, libc }) {
  if (libc !== 'musl') return [];
  return [[`CARGO_TARGET_${target.toUpperCase().replaceAll('-', '_')}_RUSTFLAGS`, '-C target-feature=-crt-static']];
}
