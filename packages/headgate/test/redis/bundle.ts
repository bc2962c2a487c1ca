import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';

/** A file beside this one as a module that Node can run in another thread or process, with the sources as they are now. */
export async function bundle(name: string): Promise<{ readonly url: string; remove(): void }> {
  // In the package, so that what it imports is found.
  const folder = mkdtempSync(fileURLToPath(new URL('../../node_modules/.bundle-', import.meta.url)));
  await build({
    config: false,
    entry: { bundle: fileURLToPath(new URL(name, import.meta.url)) },
    outDir: folder,
    format: 'esm',
    external: ['ioredis', 'express'],
    noExternal: [/^@headgate\//],
    loader: { '.lua': 'text' },
    silent: true,
    dts: false,
  });
  return {
    url: pathToFileURL(join(folder, 'bundle.js')).href,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
