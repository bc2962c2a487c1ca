import { defineConfig } from 'tsup';
import { small } from '../../scripts/build/small.js';

/** CommonJS alone, which Node's ES modules import as well: `require` and `__dirname` are what bundlers and tracers follow. */
export default defineConfig({
  entry: ['js/index.ts'],
  format: ['cjs'],
  target: 'es2022',
  external: [/^@headgate\/core-native-/],
  noExternal: ['@headgate/core-ts'], // an error's class is all that is used: the whole would take longer to load than the binary
  clean: true,
  ...small,
});
