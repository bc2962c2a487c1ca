import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));

it('names a source for every subpath', () => {
  for (const [subpath, entry] of Object.entries<{ import?: Record<string, string> }>(manifest.exports)) {
    if (subpath === './package.json') continue;
    const source = entry.import?.['@headgate/source'] ?? '';
    expect(source).toBe(`./src/${subpath === '.' ? 'index' : subpath.slice(2)}.ts`);
    expect(existsSync(folder + source), source).toBe(true);
  }
});

it('publishes the same subpaths, built', () => {
  const built = structuredClone(manifest.exports);
  for (const entry of Object.values<{ import?: Record<string, string> }>(built))
    delete entry.import?.['@headgate/source'];
  expect(manifest.publishConfig.exports).toEqual(built);
});
