import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

/** What `exports` names is what is built: the two can't differ. */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, { import?: Record<string, string> }>;
};
const sources = Object.values(exports).flatMap((entry) => entry.import?.['@headgate/source'] ?? []);

export default defineConfig({
  entry: Object.fromEntries(sources.map((file) => [file.slice('./src/'.length, -'.ts'.length), file])),
  format: ['esm', 'cjs'],
  target: 'es2022',
  external: [/^#peers\//], // resolved where it is used: by the conditions of that runtime
  dts: true,
  clean: true,
});
