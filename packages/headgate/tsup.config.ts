import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/ts.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  clean: true,
  shims: true,
});
