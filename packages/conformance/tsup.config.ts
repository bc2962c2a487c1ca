import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/vitest.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  removeNodeProtocol: false,
  clean: true,
});
