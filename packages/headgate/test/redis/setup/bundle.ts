import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** One line of difference from the right sources, which something must catch. */
export interface Fault {
  /** The end of its path. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** A file of the folder above as a module that Node can run in another thread or process, with the sources as they are now. */
export async function bundle(name: string, fault?: Fault): Promise<{ readonly url: string; remove(): void }> {
  // In the package, so that what it imports is found.
  const inserted = fault && withFault(fault);
  const folder = mkdtempSync(fileURLToPath(new URL('../../../node_modules/.bundle-', import.meta.url)));
  await build({
    config: false,
    entry: { bundle: fileURLToPath(new URL(`../${name}`, import.meta.url)) },
    outDir: folder,
    format: 'esm',
    external: ['ioredis', 'express', /^@headgate\/core-native-/], // of most platforms there is no binary here
    noExternal: [/^@headgate\/(?!core-native-)/],
    loader: { '.lua': 'text' },
    esbuildPlugins: inserted === undefined ? [] : [inserted.plugin],
    silent: true,
    dts: false,
  });
  if (fault && !inserted?.isIn()) throw new Error(`no file ${fault.file} is in the bundle`);
  return {
    url: pathToFileURL(join(folder, 'bundle.js')).href,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** @throws Error unless the text to find is there exactly once, so that a fault can't rot unseen. */
export function seeded(text: string, { file, find, replace }: Fault): string {
  if (text.split(find).length !== 2) throw new Error(`${file} must have ${JSON.stringify(find)} once`);
  return text.replace(find, () => replace);
}

function withFault(fault: Fault): { readonly plugin: Plugin; isIn(): boolean } {
  let isIn = false;
  const setup: Plugin['setup'] = ({ onLoad }) =>
    onLoad({ filter: /\.(lua|ts)$/ }, ({ path }) => {
      if (!path.endsWith(`/${fault.file}`)) return undefined;
      const text = readFileSync(path, 'utf8');
      isIn = true;
      return { contents: seeded(text, fault), loader: path.endsWith('.lua') ? 'text' : 'ts' };
    });
  return { plugin: { name: 'fault', setup }, isIn: () => isIn };
}
