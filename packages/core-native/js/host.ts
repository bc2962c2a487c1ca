import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Host, Libc } from './platforms.js';

/** What tells the C library of a Linux process, each as text; empty where it isn't there. */
export interface Signs {
  /** The start of the program that runs: it names the loader that it was linked for. */
  program(): string;
  /** `ldd`, which is a script on musl and on glibc. A system may have one of the other library. */
  ldd(): string;
}

/** This process, as the loader sees it. Starts no process and throws nothing. */
export function currentHost(): Host {
  const { platform = 'unknown', arch = 'unknown' } = (globalThis.process ?? {}) as Partial<NodeJS.Process>;
  return { platform, arch, libc: platform === 'linux' ? linuxLibc() : undefined };
}

/**
 * Node's own program says it, before anything that is installed beside. (So does Node's report, but it takes some
 * 10 ms, stops every worker thread and looks up the names of all peers.)
 */
export function linuxLibc(signs: Signs = { program, ldd }): Libc | undefined {
  return libcOfProgram(signs.program()) ?? libcOfLdd(signs.ldd());
}

/** By the path of the loader, as `/lib64/ld-linux-x86-64.so.2` or `/lib/ld-musl-x86_64.so.1`; NixOS has others before it. */
export function libcOfProgram(start: string): Libc | undefined {
  const [, loader] = /\/(ld-musl|ld-linux|ld)[\w.-]*\.so/.exec(start) ?? [];
  if (loader === undefined) return undefined;
  return loader === 'ld-musl' ? 'musl' : 'glibc';
}

/** `undefined` for a text that names neither. */
export function libcOfLdd(text: string): Libc | undefined {
  if (text.includes('musl')) return 'musl';
  return /GLIBC|GNU C Library|GNU libc/i.test(text) ? 'glibc' : undefined;
}

/** More than any linker puts before the loader's path, which comes right after the program headers. */
const PROGRAM_START_BYTES = 4096;

function program(): string {
  try {
    const file = openSync('/proc/self/exe', 'r');
    try {
      const start = Buffer.alloc(PROGRAM_START_BYTES);
      return start.toString('latin1', 0, readSync(file, start, 0, start.length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return ''; // may not be read: ldd is asked next
  }
}

function ldd(): string {
  try {
    return readFileSync('/usr/bin/ldd', 'utf8');
  } catch {
    return ''; // not there: both kinds are tried
  }
}
