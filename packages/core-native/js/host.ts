import { readFileSync } from 'node:fs';
import type { Host, Libc } from './platforms.js';

/** This process, as the loader sees it. Starts no process and throws nothing. */
export function currentHost(): Host {
  return {
    platform: process.platform,
    arch: process.arch,
    libc: process.platform === 'linux' ? linuxLibc() : undefined,
  };
}

/** musl's `ldd` is a script that names it; where there is none, Node's report names glibc or leaves it out. */
function linuxLibc(): Libc | undefined {
  return libcOfLdd(readLdd()) ?? libcOfReport();
}

/** `undefined` for a text that names neither. */
export function libcOfLdd(text: string): Libc | undefined {
  if (text.includes('musl')) return 'musl';
  return /GLIBC|GNU C Library|GNU libc/i.test(text) ? 'glibc' : undefined;
}

function readLdd(): string {
  try {
    return readFileSync('/usr/bin/ldd', 'utf8');
  } catch {
    return ''; // not there: the report is asked next
  }
}

function libcOfReport(): Libc | undefined {
  const report = process.report as (NodeJS.ProcessReport & { excludeNetwork?: boolean }) | undefined;
  if (typeof report?.getReport !== 'function') return undefined;
  const { excludeNetwork } = report;
  report.excludeNetwork = true; // its look-ups of names may take seconds
  try {
    const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
    if (header === undefined) return undefined;
    return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  } catch {
    return undefined; // a runtime without reports: both kinds are tried
  } finally {
    report.excludeNetwork = excludeNetwork ?? false;
  }
}
