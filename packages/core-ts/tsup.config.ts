import { defineConfig } from 'tsup';
import { small } from '../../scripts/small.js';

export default defineConfig({
  entry: { index: 'src/index.ts', 'fixed-window-limiter': 'src/fixed-window/fixed-window-limiter.ts' },
  splitting: true, // so that a bundler takes the small limiter without the whole one
  format: ['esm', 'cjs'],
  target: 'es2022',
  // What the bundler of types drops: without it `using` has no types in a project without that library.
  dts: { banner: '/// <reference lib="esnext.disposable" />' },
  clean: true,
  ...small,
});
