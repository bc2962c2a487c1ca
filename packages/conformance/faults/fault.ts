import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One line of difference from the right engine, as an exact replacement in a source file. */
export interface Fault {
  readonly name: string;
  /** Relative to the folder that its list is about. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** @throws Error unless the text to find is there exactly once, so that a fault can't rot unseen. */
export function seed(source: string, { name, file, find, replace }: Fault): string {
  const pieces = source.split(find);
  if (pieces.length !== 2) {
    throw new Error(`fault "${name}": ${file} has ${pieces.length - 1} times, not once, the text\n${find}`);
  }
  return pieces.join(replace);
}

export function read(file: string, folder: URL): string {
  return readFileSync(fileURLToPath(new URL(file, folder)), 'utf8');
}

/** A text of a file, which it has once, and what stands there instead. */
export type Replacement = readonly [name: string, find: string, replace: string];

export function listed(file: string, faults: readonly Replacement[]): Fault[] {
  return faults.map(([name, find, replace]) => ({ name, file, find, replace }));
}
