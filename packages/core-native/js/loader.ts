import { type Found, fromLocalBuild, fromPackage } from './binaries.js';
import { type Binding, refusalOf } from './binding.js';
import { currentHost } from './host.js';
import { type Host, platformsFor } from './platforms.js';

/** One thing that the loader tried, and why it was not taken; no `error`: it was. */
export interface Attempt {
  readonly what: string;
  readonly error?: string;
}

/** What came of loading: a binding, or `undefined` and all the reasons in `tried`. */
export interface Loaded {
  readonly binding: Binding | undefined;
  readonly tried: readonly Attempt[];
}

/** Where the loader looks: the two ways to get at a binary of a platform, by its name. */
export interface Sources {
  fromPackage(name: string): Found;
  fromLocalBuild(name: string): Found;
}

/** Tries, for each binary that may fit the host, its package and then the local build. Never throws. */
export function load(host: Host = currentHost(), sources: Sources = { fromPackage, fromLocalBuild }): Loaded {
  const tried: Attempt[] = [];
  for (const { name } of platformsFor(host)) {
    const ways: [string, () => Found][] = [
      [`package @headgate/core-native-${name}`, () => sources.fromPackage(name)],
      [`local build headgate.${name}.node`, () => sources.fromLocalBuild(name)],
    ];
    for (const [what, get] of ways) {
      const binding = attempt(what, get(), tried);
      if (binding !== undefined) return { binding, tried };
    }
  }
  if (tried.length === 0) tried.push({ what: nameOf(host), error: 'no binary is published for this platform' });
  return { binding: undefined, tried };
}

function attempt(what: string, found: Found, tried: Attempt[]): Binding | undefined {
  const error = 'error' in found ? firstLine(found.error) : refusalOf(found.exports);
  tried.push(error === undefined ? { what } : { what, error });
  return error === undefined && 'exports' in found ? (found.exports as Binding) : undefined;
}

/** Node appends a stack of requires, which tells the user nothing. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}

function nameOf({ platform, arch, libc }: Host): string {
  return [platform, arch, libc].filter((part) => part !== undefined).join('-');
}
