import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type InstalledPackage, installedFrom, packageIn } from './engine/installed.js';
import type { Finding } from './finding.js';

const OURS = ['headgate', '@headgate/core-ts', '@headgate/core-native'];
/** A tree with more folders is looked at in part. */
const MOST_FOLDERS = 20_000;

/** Looks for more than one copy of a package of ours below a project, and whether it is this one that the project uses. */
export function checkCopies(project: string, own: string): Finding[] {
  const tree = new Tree();
  for (const folder of foldersUp(project)) tree.walk(join(folder, 'node_modules'));
  const findings = OURS.flatMap((name) => several(name, tree.found(name)));
  const used = installedFrom(project, 'headgate');
  if (used !== undefined && used.folder !== own)
    findings.push({
      about: 'copies',
      state: 'mend',
      found: `this is headgate in ${own}, and the project here has ${used.version} in ${used.folder}`,
      advice: 'Run npx headgate doctor in the project, so that it looks at the copy that is used.',
    });
  if (tree.isCut)
    findings.push({ about: 'copies', state: 'note', found: `of the tree only ${MOST_FOLDERS} folders were looked at` });
  if (findings.some(({ state }) => state !== 'note')) return findings;
  const count = tree.found('headgate').length;
  const found = count === 0 ? `no project here has headgate installed (${project})` : 'one of each package';
  return [{ about: 'copies', state: count === 0 ? 'note' : 'ok', found }, ...findings];
}

function several(name: string, copies: readonly InstalledPackage[]): Finding[] {
  if (copies.length < 2) return [];
  const list = copies.map(({ version, folder }) => `\n${version} in ${folder}`).join('');
  return [
    {
      about: 'copies',
      state: 'mend',
      found: `${name} is there ${copies.length} times, and limiters of one don't know those of another:${list}`,
      advice: `npm ls ${name} tells who asks for which; npm dedupe, or one version for all, mends it.`,
    },
  ];
}

function foldersUp(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersUp(above)];
}

/** The packages of ours below folders called node_modules, each real folder once. */
class Tree {
  readonly #found = new Map<string, Map<string, InstalledPackage>>(OURS.map((name) => [name, new Map()]));
  #left = MOST_FOLDERS;

  get isCut(): boolean {
    return this.#left <= 0;
  }

  found(name: string): InstalledPackage[] {
    return [...(this.#found.get(name)?.values() ?? [])];
  }

  walk(modules: string): void {
    for (const { name, isLink } of entriesOf(modules)) {
      if (this.#left-- <= 0) return;
      const path = join(modules, name);
      if (name === '.pnpm') for (const each of entriesOf(path)) this.walk(join(path, each.name, 'node_modules'));
      else if (name.startsWith('@'))
        for (const each of entriesOf(path)) this.#package(`${name}/${each.name}`, join(path, each.name), each.isLink);
      else if (!name.startsWith('.')) this.#package(name, path, isLink);
    }
  }

  #package(name: string, path: string, isLink: boolean): void {
    const found = OURS.includes(name) ? packageIn(path) : undefined;
    if (found !== undefined) this.#found.get(name)?.set(found.folder, found);
    if (!isLink) this.walk(join(path, 'node_modules')); // what a link leads to is found where it is
  }
}

/** Folders and links; none where it is no folder, or may not be read. */
function entriesOf(folder: string): { readonly name: string; readonly isLink: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((each) => each.isDirectory() || each.isSymbolicLink())
      .map((each) => ({ name: each.name, isLink: each.isSymbolicLink() }));
  } catch {
    return [];
  }
}
