import { installedFrom } from './engine/installed.js';
import type { Finding } from './finding.js';

/** What runs here. */
export function host() {
  const { bun, deno } = process.versions as Partial<Record<string, string>>;
  const runtime =
    bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : `Node ${process.versions.node}`;
  return { runtime, platform: `${process.platform}-${process.arch}` };
}

/** All packages of ours must have one version. `folder`: that of headgate. */
export function checkVersions(folder: string, version: string): Finding[] {
  const core = installedFrom(folder, '@headgate/core-ts');
  const native = installedFrom(folder, '@headgate/core-native');
  const all = [
    `headgate ${version}`,
    core && `@headgate/core-ts ${core.version}`,
    native && `@headgate/core-native ${native.version}`,
  ].filter((each) => each !== undefined);
  const others = [core, native].filter((each) => each !== undefined && each.version !== version);
  if (others.length === 0) return [{ about: 'versions', state: 'ok', found: all.join(', ') }];
  return [
    {
      about: 'versions',
      state: 'mend',
      found: `${all.join(', ')}: they differ`,
      advice: 'Remove node_modules and install again, with one version for all packages of headgate.',
    },
  ];
}
