import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A package as it is on the disk. */
export interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
}

/** The package that code in a folder would get; `undefined`: there is none, whatever its files are. */
export function installedFrom(folder: string, name: string): InstalledPackage | undefined {
  const paths = createRequire(join(folder, 'x.js')).resolve.paths(name) ?? [];
  for (const path of paths) {
    const found = packageIn(join(path, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `undefined` where the folder is no package. */
export function packageIn(folder: string): InstalledPackage | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    return { folder: realpathSync(folder), version: typeof version === 'string' ? version : 'none' };
  } catch {
    return undefined; // no package, or none that can be read: another is looked for
  }
}

/** The platforms that the scope beside a package has binaries of, e.g. `darwin-arm64`. */
export function platformsBeside(coreNative: string): string[] {
  const prefix = 'core-native-';
  const scopes = [dirname(coreNative), join(coreNative, 'node_modules/@headgate')];
  return scopes
    .filter((scope) => existsSync(scope))
    .flatMap((scope) => readdirSync(scope))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}

const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/** The nearest lockfile above a folder, and whether it has a package. */
export function lockfileAbove(folder: string): { readonly path: string; has(name: string): boolean } | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const name = LOCKFILES.find((each) => existsSync(join(at, each)));
    if (name !== undefined) {
      const text = readFileSync(join(at, name), 'utf8');
      return { path: join(at, name), has: (wanted) => new RegExp(`${wanted}(?![\\w-])`).test(text) };
    }
    if (dirname(at) === at) return undefined;
  }
}
