import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { installedFrom } from './engine/installed.js';
import type { Finding } from './finding.js';

/** Whether the files that the packages run are there, and not empty. `folder`: that of headgate. */
export function checkFiles(folder: string): Finding[] {
  const others = ['@headgate/core-ts', '@headgate/core-native'].map((name) => installedFrom(folder, name)?.folder);
  const wrong = [folder, ...others].filter((each) => each !== undefined).flatMap(wrongIn);
  if (wrong.length === 0) return [];
  return [
    {
      about: 'files',
      state: 'broken',
      found: `not as they were published:${wrong.map((each) => `\n${each}`).join('')}`,
      advice: 'Remove node_modules and install again.',
    },
  ];
}

function wrongIn(folder: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly exports: unknown };
  return [...new Set(targetsOf(exports))]
    .map((target) => join(folder, target))
    .flatMap((path) => {
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size === undefined) return [`${path} is missing`];
      return size === 0 ? [`${path} is empty`] : [];
    });
}

/** The files that `exports` names to run, under whichever conditions: without its types everything runs. */
function targetsOf(exports: unknown): string[] {
  if (typeof exports === 'string') return [exports];
  if (typeof exports !== 'object' || exports === null) return [];
  return Object.entries(exports).flatMap(([condition, target]) => (condition === 'types' ? [] : targetsOf(target)));
}
