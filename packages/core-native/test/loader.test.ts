import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Found } from '../js/binaries.js';
import type { Binding } from '../js/binding.js';
import { currentHost, libcOfLdd, libcOfProgram, linuxLibc } from '../js/host.js';
import { load } from '../js/loader.js';
import { type Host, PLATFORMS, platformsFor } from '../js/platforms.js';
import { version } from '../js/version.js';

const CALLS = [
  'loaded',
  'create',
  'hotCalls',
  'takeMany',
  'update',
  'policies',
  'snapshot',
  'restore',
  'call',
  'settle',
  'stats',
  'nowMs',
  'clear',
  'cleanupExpired',
] satisfies (keyof Binding)[];
const fake = { ...Object.fromEntries(CALLS.map((name) => [name, () => 0])), version: () => version };
const MAC: Host = { platform: 'darwin', arch: 'x64', libc: undefined };

const found = (exports: unknown) => (): Found => ({ exports });
const absent = (): Found => ({ error: new Error("Cannot find module 'it'\nRequire stack:\n- /somewhere") });

/** Why a binary of these exports is not taken, from either place. */
function reasons(exports: unknown): readonly (string | undefined)[] {
  const { binding, tried } = load(MAC, { fromPackage: found(exports), fromLocalBuild: found(exports) });
  expect(binding).toBeUndefined();
  return tried.map(({ error }) => error);
}

describe('the platforms that the loader knows', () => {
  it.each([
    ['linux', 'x64', 'glibc', 'linux-x64-gnu'],
    ['linux', 'x64', 'musl', 'linux-x64-musl'],
    ['linux', 'arm64', 'glibc', 'linux-arm64-gnu'],
    ['linux', 'arm64', 'musl', 'linux-arm64-musl'],
    ['linux', 'arm', 'glibc', 'linux-arm-gnueabihf'],
    ['darwin', 'x64', undefined, 'darwin-x64'],
    ['darwin', 'arm64', undefined, 'darwin-arm64'],
    ['win32', 'x64', undefined, 'win32-x64-msvc'],
    ['win32', 'arm64', undefined, 'win32-arm64-msvc'],
  ] as const)('%s %s %s loads its package %s', (platform, arch, libc, name) => {
    const { binding, tried } = load({ platform, arch, libc }, { fromPackage: found(fake), fromLocalBuild: absent });
    expect(binding).toBe(fake);
    expect(tried).toEqual([{ what: `package @headgate/core-native-${name}` }]);
  });

  it.each(PLATFORMS)('$name falls back on the local build and says why', ({ name, ...host }) => {
    const { binding, tried } = load(host, { fromPackage: absent, fromLocalBuild: found(fake) });
    expect(binding).toBe(fake);
    expect(tried).toEqual([
      { what: `package @headgate/core-native-${name}`, error: "Cannot find module 'it'" },
      { what: `local build headgate.${name}.node` },
    ]);
  });

  it.each([
    ['glibc', ['linux-x64-gnu', 'linux-x64-musl']],
    ['musl', ['linux-x64-musl', 'linux-x64-gnu']],
    [undefined, ['linux-x64-gnu', 'linux-x64-musl']],
  ] as const)('on Linux with %s are tried in this order: %s', (libc, order) => {
    expect(platformsFor({ platform: 'linux', arch: 'x64', libc }).map(({ name }) => name)).toEqual(order);
  });

  it('take the other kind of Linux where the first is not there', () => {
    const fromPackage = (name: string) => (name === 'linux-x64-gnu' ? found(fake)() : absent());
    const { binding } = load({ platform: 'linux', arch: 'x64', libc: 'musl' }, { fromPackage, fromLocalBuild: absent });
    expect(binding).toBe(fake);
  });
});

describe('the loader', () => {
  it('answers no binding, and never throws, where nothing fits', () => {
    const plan9: Host = { platform: 'plan9', arch: 'mips', libc: undefined };
    expect(load(plan9)).toEqual({
      binding: undefined,
      tried: [{ what: 'plan9-mips', error: 'no binary is published for this platform' }],
    });
  });

  it.each([[undefined], [null], ['text']])('takes %s for no engine', (exports) => {
    expect(reasons(exports)).toEqual(Array(2).fill('it is no headgate engine: it exports no object'));
  });

  it.each(CALLS)('takes no binary that does not export %s', (name) => {
    expect(reasons({ ...fake, [name]: 1 })).toEqual(
      Array(2).fill(`it is no headgate engine: it does not export ${name}`),
    );
  });

  it('takes no binary of another version, and tells both', () => {
    const other = `its version is 0.0.1-other, and that of @headgate/core-native is ${version}`;
    expect(reasons({ ...fake, version: () => '0.0.1-other' })).toEqual([other, other]);
    const untold = `its version is one that it does not tell, and that of @headgate/core-native is ${version}`;
    expect(reasons({ ...fake, version: undefined })).toEqual([untold, untold]);
  });

  it('reports what is thrown even where it is no Error', () => {
    const sources = { fromPackage: () => ({ error: 'a string' }), fromLocalBuild: absent };
    expect(load(MAC, sources).tried[0]).toMatchObject({ error: 'a string' });
  });
});

describe('the version', () => {
  it("is package.json's alone: the crate has none of its own", () => {
    const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
    expect(JSON.parse(read('package.json')).version).toBe(version);
    expect(read('Cargo.toml')).toContain('\nversion = "0.0.0"\n');
  });

  it('is that of the binary which was built here', () => {
    const { binding } = load();
    expect(binding === undefined || binding.version() === version).toBe(true);
  });
});

describe('the host', () => {
  it('tells musl from glibc by the text of ldd', () => {
    expect(
      libcOfLdd('#!/bin/sh\n# Copyright (C) Free Software Foundation\nTEXTDOMAIN=libc\necho "ldd (GNU libc) 2.36"'),
    ).toBe('glibc');
    expect(libcOfLdd('#!/bin/sh\nexec /lib/ld-musl-x86_64.so.1 --list "$@"')).toBe('musl');
    expect(libcOfLdd('')).toBeUndefined();
  });

  it.each([
    ['/lib64/ld-linux-x86-64.so.2', 'glibc'],
    ['/lib/ld-linux-aarch64.so.1', 'glibc'],
    ['/nix/store/abc-glibc-2.40/lib/ld-linux-armhf.so.3', 'glibc'],
    ['/lib/ld-musl-x86_64.so.1', 'musl'],
    ['no loader at all', undefined],
    ['', undefined],
  ])('tells by a program that names %s: %s', (loader, libc) => {
    expect(libcOfProgram(`\x7fELF\0\0${loader}\0`)).toBe(libc);
  });

  it("takes the running program's word before that of ldd, which may be another library's", () => {
    const musl = () => 'musl libc (x86_64)';
    expect(linuxLibc({ program: () => '/lib64/ld-linux-x86-64.so.2\0', ldd: musl })).toBe('glibc');
    expect(linuxLibc({ program: () => '', ldd: musl })).toBe('musl');
    expect(linuxLibc({ program: () => '', ldd: () => '' })).toBeUndefined();
  });

  it('is this process', () => {
    expect(currentHost()).toMatchObject({ platform: process.platform, arch: process.arch });
    const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
    const libc = header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
    expect(currentHost().libc).toBe(process.platform === 'linux' ? libc : undefined);
  });
});
