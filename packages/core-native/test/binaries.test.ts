import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PLATFORMS } from '../js/platforms.js';

/** tsup's own, which is the one that builds the package. */
const { buildSync } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild');
const source = fileURLToPath(new URL('../js/binaries.ts', import.meta.url));

/** Has a package for each platform, whatever has been built in the workspace, and no local build. */
const project = mkdtempSync(join(tmpdir(), 'headgate-binaries-'));
let binaries: typeof import('../js/binaries.js');

beforeAll(() => {
  for (const { name } of PLATFORMS) {
    const folder = join(project, 'node_modules/@headgate', `core-native-${name}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.js'), `module.exports = { platform: '${name}' };`);
  }
  const outfile = join(project, 'dist/binaries.cjs');
  buildSync({ entryPoints: [source], outfile, bundle: true, platform: 'node', external: ['@headgate/*'] });
  binaries = createRequire(import.meta.url)(outfile);
});
afterAll(() => rmSync(project, { recursive: true }));

it('the packages of the platforms differ by their names alone', () => {
  const texts = PLATFORMS.map(({ name }) => {
    const file = fileURLToPath(new URL(`../npm/${name}/index.js`, import.meta.url));
    return readFileSync(file, 'utf8').replaceAll(name, 'PLATFORM');
  });
  expect(new Set(texts).size).toBe(1);
});

it.each(PLATFORMS)('the package of $name is asked for by its own name', ({ name }) => {
  expect(binaries.fromPackage(name)).toEqual({ exports: { platform: name } });
});

it.each(PLATFORMS)('the local build of $name is looked for beside dist, and named where it is missing', ({ name }) => {
  const { error } = binaries.fromLocalBuild(name) as { error: Error };
  expect(error.message).toContain(join(project, `headgate.${name}.node`));
});

it('a platform that is not known has no package', () => {
  expect(binaries.fromPackage('plan9-mips')).toEqual({ error: 'there is no package for plan9-mips' });
});
