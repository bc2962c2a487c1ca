import { defineConfig } from 'tsup';
import { entriesOf } from '../../scripts/build/entries.mjs';
import { small } from '../../scripts/build/small.js';

export default defineConfig({
  entry: entriesOf('package.json', 'src', '.ts'),
  format: ['esm', 'cjs'],
  target: 'es2022',
  clean: true,
  ...small,
});
