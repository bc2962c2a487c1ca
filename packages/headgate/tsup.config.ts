import { defineConfig } from 'tsup';
import { entriesOf } from '../../scripts/build/entries.mjs';
import { small } from '../../scripts/build/small.js';

export default defineConfig({
  entry: entriesOf('package.json', 'src', '.ts'),
  format: ['esm', 'cjs'],
  target: 'es2022',
  external: [/^#peers\//], // resolved where it is used: by the conditions of that runtime
  // Small, and what they bring with them is more than ten times what is used.
  noExternal: ['ipaddr.js', 'structured-headers'],
  plugins: [
    {
      name: 'no file is loaded for nothing',
      // None of ours does anything when it is loaded, so one that nothing is taken from needs not be.
      renderChunk: (code) => ({ code: code.replaceAll(/^import\s*"\.{1,2}\/[^"]+";/gm, '') }),
    },
  ],
  loader: { '.lua': 'text' },
  splitting: true, // CommonJS too: what several entries share is there once
  ...small,
  clean: true,
});
