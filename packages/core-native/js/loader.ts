import { createRequire } from 'node:module';
import { type Binding, isBinding } from './binding.js';
import { currentHost } from './host.js';
import { type Host, type Platform, platformsFor } from './platforms.js';

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

const require = createRequire(import.meta.url);

// Written out one by one, since bundlers and tracers follow only what they can read.
const PACKAGES: Readonly<Record<string, () => unknown>> = {
  'linux-x64-gnu': () => require('@headgate/core-native-linux-x64-gnu'),
  'linux-x64-musl': () => require('@headgate/core-native-linux-x64-musl'),
  'linux-arm64-gnu': () => require('@headgate/core-native-linux-arm64-gnu'),
  'linux-arm64-musl': () => require('@headgate/core-native-linux-arm64-musl'),
  'linux-arm-gnueabihf': () => require('@headgate/core-native-linux-arm-gnueabihf'),
  'darwin-x64': () => require('@headgate/core-native-darwin-x64'),
  'darwin-arm64': () => require('@headgate/core-native-darwin-arm64'),
  'win32-x64-msvc': () => require('@headgate/core-native-win32-x64-msvc'),
  'win32-arm64-msvc': () => require('@headgate/core-native-win32-arm64-msvc'),
};

/** Where the loader looks: the two ways to get at a binary of a platform. */
export interface Sources {
  fromPackage(platform: Platform): unknown;
  fromLocalBuild(platform: Platform): unknown;
}

const SOURCES: Sources = {
  fromPackage: ({ name }) => PACKAGES[name]?.(),
  fromLocalBuild: ({ name }) => require(`../headgate.${name}.node`),
};

/** Tries, for each binary that fits the host, its package and then the local build. Never throws. */
export function load(host: Host = currentHost(), sources: Sources = SOURCES): Loaded {
  const tried: Attempt[] = [];
  for (const platform of platformsFor(host)) {
    const ways: [string, () => unknown][] = [
      [`package @headgate/core-native-${platform.name}`, () => sources.fromPackage(platform)],
      [`local build headgate.${platform.name}.node`, () => sources.fromLocalBuild(platform)],
    ];
    for (const [what, get] of ways) {
      const binding = attempt(what, get, tried);
      if (binding !== undefined) return { binding, tried };
    }
  }
  if (tried.length === 0) tried.push({ what: nameOf(host), error: 'no binary is published for this platform' });
  return { binding: undefined, tried };
}

function attempt(what: string, get: () => unknown, tried: Attempt[]): Binding | undefined {
  try {
    const binding = get();
    if (isBinding(binding)) {
      tried.push({ what });
      return binding;
    }
    tried.push({ what, error: 'it is no headgate engine: an export is missing' });
  } catch (error) {
    tried.push({ what, error: firstLine(error) });
  }
  return undefined;
}

/** Node appends a stack of requires, which tells the user nothing. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}

function nameOf({ platform, arch, libc }: Host): string {
  return [platform, arch, libc].filter((part) => part !== undefined).join('-');
}
