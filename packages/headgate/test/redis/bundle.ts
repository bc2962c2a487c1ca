import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** A change of a script or a source, which must break a law. */
export interface Fault {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A file beside this one as a module that Node can run in another thread or process, with the sources as they are now. */
export async function bundle(name: string, fault?: Fault): Promise<{ readonly url: string; remove(): void }> {
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
    esbuildPlugins: fault === undefined ? [] : [withFault(fault)],
    silent: true,
    dts: false,
  });
  return {
    url: pathToFileURL(join(folder, 'bundle.js')).href,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function withFault({ file, find, replace }: Fault): Plugin {
  return {
    name: 'fault',
    setup({ onLoad }) {
      onLoad({ filter: /\.(lua|ts)$/ }, ({ path }) => {
        if (!path.endsWith(`/${file}`)) return undefined;
        const text = readFileSync(path, 'utf8');
        if (text.split(find).length !== 2) throw new Error(`${file} must have ${JSON.stringify(find)} once`);
        return { contents: text.replace(find, () => replace), loader: file.endsWith('.lua') ? 'text' : 'ts' };
      });
    },
  };
}
