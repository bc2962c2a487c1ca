// The licenses of the packages that are within a bundle, as their owners ask for it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** `inputs`: the files that went into the bundle, as esbuild's metafile has them. @throws Error for a package without a license. */
export function noticesOf(inputs: readonly string[], root: string): string {
  const folders = new Set(
    inputs.filter((file) => file.includes('node_modules')).map((file) => packageOf(resolve(root, file))),
  );
  return [...folders].sort().map(noticeOf).join('\n\n');
}

function packageOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) || read(folder, 'package.json').name === undefined)
    folder = dirname(folder);
  return folder;
}

function noticeOf(folder: string): string {
  const { name, version } = read(folder, 'package.json');
  const license = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (license === undefined) throw new Error(`${name} ${version} has no license file`);
  return `${name} ${version}\n\n${readFileSync(join(folder, license), 'utf8').trim()}`;
}

function read(folder: string, file: string): { readonly name?: string; readonly version?: string } {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}
