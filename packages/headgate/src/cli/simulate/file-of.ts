import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** One name for a file, by whatever way names lead there, also where it is not there yet; `-` stays. */
export function fileOf(name: string): string {
  if (name === '-') return name;
  return existsSync(name) ? realpathSync(name) : resolve(name);
}
