import { defineConfig } from 'tsup';
import { small } from '../../scripts/small.js';

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  // What the bundler of types drops: without it `using` has no types in a project without that library.
  dts: { banner: '/// <reference lib="esnext.disposable" />' },
  clean: true,
  ...small,
});
