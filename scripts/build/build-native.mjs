import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonTools } from '../python-tools.mjs';
import { seal } from '../release/seal.mjs';
import { OLDEST_GLIBC, TARGETS } from '../release/targets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LIBRARIES = {
  linux: 'libheadgate_core_native.so',
  darwin: 'libheadgate_core_native.dylib',
  win32: 'headgate_core_native.dll',
};
/** What links against an older glibc than the one that is installed; by exact version, from PyPI. */
const ZIG = ['ziglang==0.17.1', 'cargo-zigbuild==0.24.1'];

/**
 * Builds the native engine for this machine and puts it where the loader looks: beside the package, and
 * in the platform package. `profile`: one of Cargo.toml. Answers why it could not, or `undefined`.
 */
export function buildNative(profile) {
  const platform = platformName();
  if (!(platform in TARGETS)) return `no binary is known for ${process.platform}-${process.arch}`;
  const args = ['build', '--profile', profile, '--locked'];
  return build(platform, join(root, 'target', profile), args, process.env, [join(root, 'packages/core-native')]);
}

/**
 * The same as it is published, in the platform package alone where it is of another platform. On Linux it is linked by
 * zig, which `pip` brings into `target/zig`: with glibc it runs from `OLDEST_GLIBC` on, and any Linux builds for any.
 */
export function buildNativeRelease(platform = platformName()) {
  const { target, libc } = TARGETS[platform] ?? {};
  if (target === undefined) return `no binary is known for ${platform}`;
  const beside = platform === platformName() ? [join(root, 'packages/core-native')] : [];
  const output = join(root, 'target', target, 'release');
  const options = ['--release', '--locked', '--target'];
  if (!platform.startsWith('linux-'))
    return build(platform, output, ['build', ...options, target], process.env, beside);
  const tools = pythonTools('zig', ZIG);
  if (tools === undefined) return 'zig could not be installed by pip';
  const env = { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH}` };
  // An addon is a shared library, and Rust's default for musl links everything into one program.
  if (libc === 'musl') env.RUSTFLAGS = '-C target-feature=-crt-static';
  const linked = libc === 'musl' ? target : `${target}.${OLDEST_GLIBC}`;
  return build(platform, output, ['zigbuild', ...options, linked], env, beside);
}

function build(platform, output, args, env, beside) {
  if (spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status !== 0) return 'cargo is not on the PATH';
  const library = LIBRARIES[platform.split('-', 1)[0]];
  const built = spawnSync('cargo', args, { cwd: root, stdio: 'inherit', env });
  if (built.status !== 0) return 'cargo build failed';
  const packaged = join(root, 'packages/core-native/npm', platform);
  mkdirSync(packaged, { recursive: true });
  for (const folder of [...beside, packaged]) place(join(output, library), join(folder, `headgate.${platform}.node`));
  seal(packaged);
  return undefined;
}

/** By a rename: a process that has the old binary mapped keeps it whole. */
function place(from, to) {
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
}

/** Of this machine, as the loader's table has it or would. */
export function platformName() {
  const { platform, arch } = process;
  if (platform === 'darwin') return `darwin-${arch}`;
  if (platform === 'win32') return `win32-${arch}-msvc`;
  if (platform !== 'linux') return undefined;
  const glibc = process.report.getReport().header.glibcVersionRuntime !== undefined;
  if (arch === 'arm') return 'linux-arm-gnueabihf';
  return `linux-${arch}-${glibc ? 'gnu' : 'musl'}`;
}
