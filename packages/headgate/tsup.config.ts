import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { small } from '../../scripts/small.js';

/** What `exports` names is what is built, from the source of that name: the two can't differ. */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, object> };
const names = Object.keys(exports).flatMap((subpath) => (subpath.endsWith('.json') ? [] : subpath.slice(2) || 'index'));

/** `src/ts.ts`, `src/adapters/express.ts`, `src/adapters/nest/nest.ts`, `src/metrics/metrics.ts`. */
function sourceOf(name: string): string {
  const places = ['src', 'src/adapters', `src/adapters/${name}`, `src/${name}`].map((folder) => `${folder}/${name}.ts`);
  const [source] = places.filter((place) => existsSync(place));
  if (source === undefined) throw new Error(`no source for ${name} in ${places.join(', ')}`);
  return source;
}

export default defineConfig({
  entry: Object.fromEntries(names.map((name) => [name, sourceOf(name)])),
  format: ['esm', 'cjs'],
  target: 'es2022',
  external: [/^#peers\//], // resolved where it is used: by the conditions of that runtime
  // Small, and what they bring with them is more than ten times what is used.
  noExternal: ['ipaddr.js', 'structured-headers'],
  plugins: [
    {
      name: 'no file is loaded for nothing',
      // None of ours does anything when it is loaded, so one that nothing is taken from needs not be.
      renderChunk: (code) => ({ code: code.replaceAll(/^import\s*"\.{1,2}\/[^"]+";/gm, '') }),
    },
  ],
  loader: { '.lua': 'text' },
  splitting: true, // CommonJS too: what several entries share is there once
  ...small,
  dts: true,
  clean: true,
});
