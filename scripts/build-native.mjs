import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LIBRARIES = {
  linux: 'libheadgate_core_native.so',
  darwin: 'libheadgate_core_native.dylib',
  win32: 'headgate_core_native.dll',
};
/** The oldest glibc that a published binary asks for: that of RHEL 7, older than any on which Node 20 runs. */
export const OLDEST_GLIBC = '2.17';
/** What links against an older glibc than the one that is installed; by exact version, from PyPI. */
const ZIG = ['ziglang==0.17.1', 'cargo-zigbuild==0.24.1'];

/**
 * Builds the native engine for this machine and puts it where the loader looks: beside the package, and
 * in the platform package. Answers why it could not, or `undefined`.
 */
export function buildNative() {
  return build(join(root, 'target/release'), ['build', '--release', '--locked'], process.env);
}

/**
 * The same as it is published: on Linux with glibc it runs from `OLDEST_GLIBC` on. That needs zig, which `pip` brings
 * into `target/zig`.
 */
export function buildNativeRelease() {
  const platform = platformName();
  if (!platform?.endsWith('-gnu')) return buildNative();
  const target = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`;
  const tools = installZig();
  if (tools === undefined) return 'zig could not be installed by pip';
  const env = { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH}` };
  const args = ['zigbuild', '--release', '--locked', '--target', `${target}.${OLDEST_GLIBC}`];
  return build(join(root, 'target', target, 'release'), args, env);
}

function build(output, args, env) {
  if (spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status !== 0) return 'cargo is not on the PATH';
  const platform = platformName();
  const library = LIBRARIES[process.platform];
  if (platform === undefined || library === undefined)
    return `no binary is known for ${process.platform}-${process.arch}`;
  const built = spawnSync('cargo', args, { cwd: root, stdio: 'inherit', env });
  if (built.status !== 0) return 'cargo build failed';
  const packaged = join(root, 'packages/core-native/npm', platform);
  mkdirSync(packaged, { recursive: true });
  for (const folder of [join(root, 'packages/core-native'), packaged])
    place(join(output, library), join(folder, `headgate.${platform}.node`));
  return undefined;
}

/** The folder of its programs, kept from one build to the next; `undefined` where there is no Python, or no network. */
function installZig() {
  const folder = join(root, 'target/zig', ZIG.join('-'));
  const programs = join(folder, 'bin');
  if (existsSync(join(programs, 'cargo-zigbuild'))) return programs;
  const steps = [
    ['python3', ['-m', 'venv', folder]],
    [join(programs, 'python3'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...ZIG]],
  ];
  return steps.every(([command, args]) => spawnSync(command, args, { stdio: 'inherit' }).status === 0)
    ? programs
    : undefined;
}

/** By a rename: a process that has the old binary mapped keeps it whole. */
function place(from, to) {
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
}

/** The binary in the platform package of this machine, for which one is known. */
export function releasedBinary() {
  const platform = platformName();
  return join(root, 'packages/core-native/npm', platform, `headgate.${platform}.node`);
}

function platformName() {
  const { platform, arch } = process;
  if (platform === 'darwin') return `darwin-${arch}`;
  if (platform === 'win32') return `win32-${arch}-msvc`;
  if (platform !== 'linux') return undefined;
  const glibc = process.report.getReport().header.glibcVersionRuntime !== undefined;
  if (arch === 'arm') return 'linux-arm-gnueabihf';
  return `linux-${arch}-${glibc ? 'gnu' : 'musl'}`;
}
