import { describe, expect, it } from 'vitest';
import { currentHost, libcOfLdd } from './host.js';
import { load } from './loader.js';
import { type Host, PLATFORMS, platformsFor } from './platforms.js';

const fake = Object.fromEntries(
  [
    'create',
    'hotCalls',
    'takeMany',
    'update',
    'policies',
    'snapshot',
    'restore',
    'settle',
    'stats',
    'clear',
    'cleanupExpired',
  ].map((name) => [name, () => 0]),
);

function absent(): never {
  throw new Error("Cannot find module 'it'\nRequire stack:\n- /somewhere");
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
    const { binding, tried } = load({ platform, arch, libc }, { fromPackage: () => fake, fromLocalBuild: absent });
    expect(binding).toBe(fake);
    expect(tried).toEqual([{ what: `package @headgate/core-native-${name}` }]);
  });

  it.each(PLATFORMS)('$name falls back on the local build and says why', ({ name, ...host }) => {
    const { binding, tried } = load(host, { fromPackage: absent, fromLocalBuild: () => fake });
    expect(binding).toBe(fake);
    expect(tried).toEqual([
      { what: `package @headgate/core-native-${name}`, error: "Cannot find module 'it'" },
      { what: `local build headgate.${name}.node` },
    ]);
  });

  it.each(PLATFORMS)('the package of $name is asked for by its own name', ({ name, ...host }) => {
    const { tried } = load(host);
    const [first] = tried;
    if (first?.error !== undefined) expect(first.error).toContain(`@headgate/core-native-${name}`);
    expect(first?.what).toBe(`package @headgate/core-native-${name}`);
  });

  it('tries both kinds of Linux where the C library is unknown', () => {
    const names = platformsFor({ platform: 'linux', arch: 'x64', libc: undefined }).map(({ name }) => name);
    expect(names).toEqual(['linux-x64-gnu', 'linux-x64-musl']);
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

  it.each([[undefined], [null], [{}], [{ ...fake, create: 1 }], ['text']])('takes %s for no engine', (binary) => {
    const { binding, tried } = load(
      { platform: 'darwin', arch: 'x64', libc: undefined },
      { fromPackage: () => binary, fromLocalBuild: () => binary },
    );
    expect(binding).toBeUndefined();
    expect(tried.map(({ error }) => error)).toEqual(Array(2).fill('it is no headgate engine: an export is missing'));
  });

  it('reports what is thrown even where it is no Error', () => {
    const sources = {
      fromPackage: () => {
        throw 'a string';
      },
      fromLocalBuild: absent,
    };
    expect(load({ platform: 'win32', arch: 'x64', libc: undefined }, sources).tried[0]).toMatchObject({
      error: 'a string',
    });
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

  it('is this process', () => {
    expect(currentHost()).toMatchObject({ platform: process.platform, arch: process.arch });
    expect(process.platform !== 'linux' || currentHost().libc !== undefined).toBe(true);
  });
});
