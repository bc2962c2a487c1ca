/** What decides which binary fits: Node's names, and the C library where Linux has two. */
export interface Host {
  readonly platform: string;
  readonly arch: string;
  /** `undefined` where it can't be told, or there is only one. */
  readonly libc: Libc | undefined;
}

export type Libc = 'glibc' | 'musl';

/** A binary that headgate publishes, named as napi-rs names its targets. */
export interface Platform extends Host {
  readonly name: string;
}

export const PLATFORMS: readonly Platform[] = [
  { name: 'linux-x64-gnu', platform: 'linux', arch: 'x64', libc: 'glibc' },
  { name: 'linux-x64-musl', platform: 'linux', arch: 'x64', libc: 'musl' },
  { name: 'linux-arm64-gnu', platform: 'linux', arch: 'arm64', libc: 'glibc' },
  { name: 'linux-arm64-musl', platform: 'linux', arch: 'arm64', libc: 'musl' },
  { name: 'linux-arm-gnueabihf', platform: 'linux', arch: 'arm', libc: 'glibc' },
  { name: 'darwin-x64', platform: 'darwin', arch: 'x64', libc: undefined },
  { name: 'darwin-arm64', platform: 'darwin', arch: 'arm64', libc: undefined },
  { name: 'win32-x64-msvc', platform: 'win32', arch: 'x64', libc: undefined },
  { name: 'win32-arm64-msvc', platform: 'win32', arch: 'arm64', libc: undefined },
];

/**
 * The binaries that may run on a host, in the order to try them: on Linux first that of its C library, and then the
 * other one, since what tells the library may be wrong.
 */
export function platformsFor(host: Host): readonly Platform[] {
  const mayRun = PLATFORMS.filter(({ platform, arch }) => platform === host.platform && arch === host.arch);
  const others = mayRun.filter(({ libc }) => host.libc !== undefined && libc !== host.libc);
  return [...mayRun.filter((platform) => !others.includes(platform)), ...others];
}
