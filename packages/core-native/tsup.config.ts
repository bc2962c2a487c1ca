import { defineConfig } from 'tsup';
import { small } from '../../scripts/small.js';

/** CommonJS alone, which Node's ES modules import as well: `require` and `__dirname` are what bundlers and tracers follow. */
export default defineConfig({
  entry: ['js/index.ts'],
  format: ['cjs'],
  target: 'es2022',
  external: [/^@headgate\//],
  dts: true,
  clean: true,
  ...small,
});
