import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a package exports, and the file of each: the one of that name which lies least deep, `src/ts.ts`,
 * `src/adapters/express.ts`, `src/fetch/fetch.ts`. So what is exported and what is built can't differ.
 *
 * @param manifest path of the package.json
 * @param folder of its sources, or of what was made of each
 * @param extension of those, with the dot
 * @param condition where given, only what is exported under it
 */
export function entriesOf(manifest, folder, extension, condition) {
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8'));
  const files = readdirSync(folder, { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  const depth = (file) => file.split('/').length;
  files.sort((a, b) => depth(a) - depth(b));
  const entries = Object.entries(exports).flatMap(([path, target]) =>
    path.endsWith('.json') || (condition !== undefined && !(condition in target)) ? [] : path.slice(2) || 'index',
  );
  return Object.fromEntries(entries.map((entry) => [entry, join(folder, fileOf(entry))]));

  function fileOf(entry) {
    const file = files.find((each) => `/${each}`.endsWith(`/${entry}${extension}`));
    if (file === undefined) throw new Error(`no source for ${entry} in ${folder}`);
    return file;
  }
}
