// The part of `scripts/packed`, `scripts/installs` and `scripts/bundlers` that takes no registry and a few seconds.
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentHost } from '../../../core-native/js/host.js';
import { platform } from '../loading/installed.js';
import { assertGoesOn, DAMAGES, type Manifest, packInto, run, scripts, unpackInto } from './scripts.js';

const packages = fileURLToPath(new URL('../../../', import.meta.url));
const env = { ...process.env, NODE_OPTIONS: '', NODE_PATH: '', HEADGATE_BACKEND: '' };

const isBuilt = ['headgate', 'core-ts', 'core-native'].every((name) => existsSync(join(packages, name, 'dist')));
const unbuilt = isBuilt ? undefined : 'dist is not built';
const noNative = platform === undefined ? 'no native binary runs here' : undefined;
const notGlibc = noNative ?? (currentHost().libc === 'glibc' ? undefined : "the errors are told in glibc's words");

function titled(name: string, reason: string | undefined): string {
  return reason === undefined ? name : `${name} (skipped: ${reason})`;
}

describe.skipIf(unbuilt)(titled('the packed packages in an empty project', unbuilt), () => {
  let work: string;
  let project: string;
  let manifests: readonly Manifest[];

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'headgate-packed-'));
    chmodSync(work, 0o755); // one test is run by another user
    project = join(work, 'project');
    mkdirSync(project);
    const names = ['headgate', '@headgate/core-ts', '@headgate/core-native'];
    if (platform !== undefined) names.push(`@headgate/core-native-${platform}`);
    manifests = unpackInto(project, packInto(join(work, 'tarballs'), names));
    cpSync(join(scripts, 'pack-test'), join(project, 'cases'), { recursive: true });
    for (const file of ['installs/use.mjs', 'bundlers/app.mjs', 'bundlers/built.mjs', 'bundlers/esbuild/bundles.mjs'])
      copyFileSync(join(scripts, file), join(project, file.replace(/.*\//, '')));
  });
  afterAll(() => rmSync(work, { recursive: true }));

  /** What a script printed; fails with its errors. */
  function printed(args: readonly string[], folder = project): string {
    const { status, stdout, output } = run(process.execPath, args, folder, env);
    expect(status, output).toBe(0);
    return stdout;
  }

  it('ask for each other in the version that all of them have', () => {
    const [{ version }] = manifests as [Manifest];
    for (const { name, version: own, dependencies, optionalDependencies } of manifests) {
      const all = { [name]: own, ...dependencies, ...optionalDependencies };
      const ours = Object.entries(all).filter(([each]) => each.includes('headgate'));
      expect(ours, name).toEqual(ours.map(([each]) => [each, version]));
    }
  });

  it.skipIf(noNative).each(['use.mjs', 'use.cjs'])(titled('choose native: %s', noNative), (file) => {
    printed([`cases/${file}`]);
  });

  it('are loaded by every subpath without its framework, from both kinds of modules', () => {
    printed(['cases/subpaths.mjs']);
  });

  it.each(['workerd', 'browser', 'edge-light'])('decide by TypeScript under the condition %s, and say why', (name) => {
    expect(printed([`--conditions=${name}`, 'app.mjs'])).toMatch(/^ts true false .+\n$/);
  });

  const parts = platform === undefined ? ['core-native'] : ['core-native', `core-native-${platform}`];
  it.each(parts)('decide by TypeScript without %s, and say why', (left) => {
    const without = join(work, `without-${left}`);
    cpSync(project, without, { recursive: true });
    rmSync(join(without, 'node_modules/@headgate', left), { recursive: true });
    printed(['cases/without-binary.mjs'], without);
  });

  it.skipIf(notGlibc).each(DAMAGES)(titled('decide by TypeScript, and say why: $name', notGlibc), (damage) => {
    assertGoesOn(damage, project, platform, env);
  });

  it.skipIf(noNative)(titled('are bundled by esbuild, and run from another folder', noNative), () => {
    const esbuild = createRequire(createRequire(import.meta.url).resolve('tsup')).resolve('esbuild/package.json');
    symlinkSync(dirname(esbuild), join(project, 'node_modules/esbuild'), 'junction');
    printed(['bundles.mjs']);
  });
});
