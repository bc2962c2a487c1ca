import { defineConfig } from 'tsup';
import { entriesOf } from '../../scripts/build/entries.mjs';
import { lightEntries } from '../../scripts/build/light-entries.js';
import { small } from '../../scripts/build/small.js';

const entry = entriesOf('package.json', 'src', '.ts');

export default defineConfig({
  entry,
  format: ['esm', 'cjs'],
  target: 'es2022',
  clean: true,
  onSuccess: () => Promise.resolve(lightEntries('dist', Object.keys(entry))),
  ...small,
});
