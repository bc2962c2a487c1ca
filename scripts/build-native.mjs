import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LIBRARIES = {
  linux: 'libheadgate_core_native.so',
  darwin: 'libheadgate_core_native.dylib',
  win32: 'headgate_core_native.dll',
};

/**
 * Builds the native engine for this machine and puts it where the loader looks: beside the package, and
 * in the platform package. Answers why it could not, or `undefined`.
 */
export function buildNative() {
  if (spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status !== 0) return 'cargo is not on the PATH';
  const platform = platformName();
  const library = LIBRARIES[process.platform];
  if (platform === undefined || library === undefined)
    return `no binary is known for ${process.platform}-${process.arch}`;
  const built = spawnSync('cargo', ['build', '--release', '--locked'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) return 'cargo build failed';
  const packaged = `${root}packages/core-native/npm/${platform}`;
  mkdirSync(packaged, { recursive: true });
  for (const folder of [`${root}packages/core-native`, packaged]) {
    place(`${root}target/release/${library}`, `${folder}/headgate.${platform}.node`);
  }
  return undefined;
}

/** By a rename: a process that has the old binary mapped keeps it whole. */
function place(from, to) {
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
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
