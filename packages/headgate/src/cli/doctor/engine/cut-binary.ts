import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readBinaryFile } from './binary-file.js';
import { installedFrom, platformsBeside } from './installed.js';

/** A binary that was cut, which ends the process that loads it: the system reads beyond the end of the file. */
export function cutBinary(folder: string): { readonly path: string; readonly reason: string } | undefined {
  const native = installedFrom(folder, '@headgate/core-native');
  if (native === undefined) return undefined;
  for (const platform of platformsBeside(native.folder)) {
    const own = installedFrom(native.folder, `@headgate/core-native-${platform}`);
    const path = own && join(own.folder, `headgate.${platform}.node`);
    if (path === undefined || !existsSync(path)) continue;
    const reason = damageOf(path);
    if (reason !== undefined) return { path, reason };
  }
  return undefined;
}

/** What may not be read can't be loaded either, and the loader says so. */
function damageOf(path: string): string | undefined {
  try {
    const file = readBinaryFile(path);
    return file.kind === 'damaged' ? file.reason : undefined;
  } catch {
    return undefined;
  }
}
