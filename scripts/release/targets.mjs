/**
 * What is built for each platform of the loader's table (`packages/core-native/js/platforms.ts`): Rust's name of it, and
 * what the header of the file says of itself.
 */
export const TARGETS = {
  'linux-x64-gnu': { target: 'x86_64-unknown-linux-gnu', format: 'elf', arch: 'x64', libc: 'glibc' },
  'linux-x64-musl': { target: 'x86_64-unknown-linux-musl', format: 'elf', arch: 'x64', libc: 'musl' },
  'linux-arm64-gnu': { target: 'aarch64-unknown-linux-gnu', format: 'elf', arch: 'arm64', libc: 'glibc' },
  'linux-arm64-musl': { target: 'aarch64-unknown-linux-musl', format: 'elf', arch: 'arm64', libc: 'musl' },
  'linux-arm-gnueabihf': { target: 'armv7-unknown-linux-gnueabihf', format: 'elf', arch: 'arm', libc: 'glibc' },
  'darwin-x64': { target: 'x86_64-apple-darwin', format: 'mach-o', arch: 'x64' },
  'darwin-arm64': { target: 'aarch64-apple-darwin', format: 'mach-o', arch: 'arm64' },
  'win32-x64-msvc': { target: 'x86_64-pc-windows-msvc', format: 'pe', arch: 'x64' },
  'win32-arm64-msvc': { target: 'aarch64-pc-windows-msvc', format: 'pe', arch: 'arm64' },
};

/** The oldest glibc that a published binary asks for: that of RHEL 7, older than any on which Node 20 runs. */
export const OLDEST_GLIBC = '2.17';
