import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nativeStatus } from '@headgate/core-native';
import { expect, it } from 'vitest';

/** What semantics.md promises where there is one policy. */
const MOST_BYTES = 1024;
/** The headers that one row's keys come from are 24 MB, or twice that. */
const HEAP_MB = 32;

interface Measured {
  readonly shape: string;
  readonly call: string;
  readonly held: number;
  readonly bytes: number;
}

const { available } = nativeStatus();

const SLOW = process.env.CI !== 'true' && 'it takes seconds, so CI runs it';

itMeasured('a key takes no more than a kilobyte on the TypeScript engine, whatever it is cut out of', 'ts', SLOW);
itMeasured(
  'a key takes no more than a kilobyte on the native engine, whatever it is cut out of',
  'native',
  available ? SLOW : 'no native binary runs here',
);

/** Skipped where there is a reason. */
function itMeasured(title: string, backend: string, reason: string | false): void {
  it.skipIf(reason !== false)(reason === false ? title : `${title} (skipped: ${reason})`, () => bounded(backend));
}

/** A heap that is too small ends the child, and that rejects. */
async function bounded(backend: string): Promise<void> {
  const program = fileURLToPath(new URL('../memory/bytes-per-key.mjs', import.meta.url));
  const flags = ['--expose-gc', `--max-old-space-size=${HEAP_MB}`];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, backend]);
  const measured: readonly Measured[] = JSON.parse(stdout);
  expect(measured.filter(({ held, bytes }) => !(held >= 1024 && bytes <= MOST_BYTES))).toEqual([]);
  expect(measured.length).toBeGreaterThan(0);
}
