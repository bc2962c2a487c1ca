import { fstatSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';

const STANDARD_INPUT = 0;

/** One name for a file, by whatever way names lead there, also where it is not there yet. `-` is standard input. */
export function fileOf(name: string): string {
  const found = statsOf(name);
  if (found?.isFile()) return `${found.dev}:${found.ino}`;
  return name === '-' ? name : resolve(name); // of a pipe or a terminal the number says little
}

function statsOf(name: string): Stats | undefined {
  try {
    return name === '-' ? fstatSync(STANDARD_INPUT) : statSync(name, { throwIfNoEntry: false });
  } catch {
    return undefined; // may not be looked at: who opens it tells why
  }
}
