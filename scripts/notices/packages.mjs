import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const IMPORT = /^(?:import|export) (?!type )[^;]*?from '((?:@[\w-]+\/)?\w[\w.-]*)(?:\/[^']*)?';/gms;

/**
 * What the sources of a package import and its manifest does not demand is bundled into it, with what that needs:
 * `isDirect` is what they import, `needs` the names of what a package needs.
 */
export function bundledPackages(folder) {
  const { name, dependencies = {}, peerDependencies = {} } = readJson(join(folder, 'package.json'));
  const sources = readdirSync(join(folder, 'src'), { recursive: true }).filter(
    (file) => file.endsWith('.ts') && !/\.test\.ts$/.test(file),
  );
  const imported = sources.flatMap((file) =>
    [...readFileSync(join(folder, 'src', file), 'utf8').matchAll(IMPORT)].map(([, each]) => each),
  );
  const external = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies })]);
  const found = new Map();
  for (const each of imported) if (!external.has(each) && !each.startsWith('@headgate/')) add(each, folder, found);
  return [...found.values()]
    .map((each) => ({ ...each, isDirect: imported.includes(each.name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function add(name, from, found) {
  if (found.has(name)) return;
  const folder = folderOf(name, from);
  const { version, license, dependencies = {} } = readJson(join(folder, 'package.json'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} has no file with its licence in ${folder}`);
  const needs = Object.keys(dependencies);
  found.set(name, { name, version, licence: license, text: readFileSync(join(folder, file), 'utf8').trim(), needs });
  for (const each of needs) add(each, folder, found);
}

function folderOf(name, from) {
  const paths = createRequire(join(from, 'x.js')).resolve.paths(name) ?? [];
  const folder = paths.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')));
  if (folder === undefined) throw new Error(`${name} is not installed`);
  return realpathSync(folder);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
