import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['js/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  clean: true,
  shims: true,
});
