import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PLATFORMS } from '../js/platforms.js';

interface Release {
  refusalOf(file: string, platform: string, version: string): string | undefined;
  readonly TARGETS: Readonly<Record<string, { readonly arch: string; readonly libc?: string }>>;
}
const scripts = new URL('../../../scripts/release/', import.meta.url);
const { refusalOf, TARGETS } = {
  ...(await import(new URL('binary.mjs', scripts).href)),
  ...(await import(new URL('targets.mjs', scripts).href)),
} as Release;

const folder = mkdtempSync(join(tmpdir(), 'headgate-binary-'));
const VERSION = '1.2.3';

afterAll(() => rmSync(folder, { recursive: true }));

it('the release builds what the loader looks for, no more and no less', () => {
  const built = Object.entries(TARGETS).map(([name, { arch, libc }]) => ({ name, arch, libc }));
  expect(built).toEqual(PLATFORMS.map(({ name, arch, libc }) => ({ name, arch, libc })));
});

describe('what is not the binary of its platform and version is refused, with the reason', () => {
  it.each<[string, Buffer, string, string | undefined]>([
    ['a Mach-O file for ARM', machO(0x0100000c), 'darwin-arm64', undefined],
    ['a PE file for x64', pe(0x8664), 'win32-x64-msvc', undefined],
    ['an ELF file for 64-bit ARM that needs no glibc', elf(0xb7), 'linux-arm64-musl', undefined],
    ['nothing', Buffer.alloc(0), 'linux-x64-gnu', 'it is no ELF, Mach-O or PE file'],
    ['a page', Buffer.from('<!doctype html>'.padEnd(99)), 'darwin-x64', 'it is no ELF, Mach-O or PE file'],
    ['MZ alone', Buffer.from('MZ'.padEnd(99, '\xff'), 'latin1'), 'win32-x64-msvc', 'it is no ELF, Mach-O or PE file'],
    ['another processor', machO(0x01000007), 'darwin-arm64', 'it is mach-o for x64, not mach-o for arm64'],
    ['an unknown processor', elf(0xf3), 'linux-x64-gnu', 'it is elf for an unknown processor, not elf for x64'],
    ['another system', pe(0xaa64), 'darwin-arm64', 'it is pe for arm64, not mach-o for arm64'],
    ['another C library', elf(0x3e), 'linux-x64-gnu', 'it was linked for musl, not glibc'],
    ['a file cut off', elf(0x3e, { sections: 9 }), 'linux-x64-gnu', 'it is cut off or damaged'],
    ['another version', machO(0x01000007, '1.2.4'), 'darwin-x64', 'its version is 1.2.4, not 1.2.3'],
    ['one that begins alike', machO(0x01000007, '1.2.30'), 'darwin-x64', 'its version is 1.2.30, not 1.2.3'],
    ['no version', machO(0x01000007, null), 'darwin-x64', 'its version is not told, not 1.2.3'],
  ])('%s', (name, bytes, platform, told) => {
    const file = join(folder, `${name}.node`);
    writeFileSync(file, bytes);
    const refusal = refusalOf(file, platform, VERSION);
    if (told === undefined) expect(refusal).toBeUndefined();
    else expect(refusal).toContain(told);
  });

  it('a file that is not there', () => {
    expect(refusalOf(join(folder, 'none.node'), 'darwin-x64', VERSION)).toBe('it is missing');
  });
});

function elf(machine: number, { sections = 0 } = {}): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01', 'latin1');
  header.writeUInt16LE(machine, 18);
  header.writeBigUInt64LE(64n, 0x28);
  header.writeUInt16LE(64, 0x3a);
  header.writeUInt16LE(sections, 0x3c);
  return withVersion(header);
}

function machO(type: number, version: string | null = VERSION): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(0xfeedfacf, 0);
  header.writeUInt32LE(type, 4);
  return withVersion(header, version);
}

function pe(machine: number): Buffer {
  const header = Buffer.alloc(80);
  header.write('MZ');
  header.writeUInt32LE(64, 0x3c);
  header.write('PE', 64);
  header.writeUInt16LE(machine, 68);
  return withVersion(header);
}

/** As a binary has it; `null`: without. */
function withVersion(header: Buffer, version: string | null = VERSION): Buffer {
  return version === null ? header : Buffer.concat([header, Buffer.from(`headgate native ${version}\0`)]);
}
