import { rmSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';
import { entriesOf } from '../../scripts/build/entries.mjs';
import { lightEntries } from '../../scripts/build/light-entries.js';
import { small } from '../../scripts/build/small.js';
import { parts } from './scripts/parts.js';

const all = entriesOf('package.json', 'src', '.ts');
const shared: Options = {
  target: 'es2022',
  external: [/^#peers\//], // resolved where it is used: by the conditions of that runtime
  // Small, and what they bring with them is many times what is used.
  noExternal: ['cli-progress', 'commander', 'fastify-plugin', 'ipaddr.js', 'structured-headers'],
  splitting: true, // CommonJS too: what several entries share is there once
  esbuildPlugins: [parts],
  ...small,
  // No engine is in here, so it need not run as it was written: 18 kB less. Where Node reads the names of exports, it stays.
  terserOptions: {
    ...small.terserOptions,
    compress: { keep_classnames: true, directives: false, booleans: false, sequences: false },
  },
};

rmSync('dist', { recursive: true, force: true });

/**
 * In Node everything is CommonJS, for `import` too, so that a process has one copy of each class. ES modules are for bundlers
 * and for runtimes without Node's modules: what can run there is exported as both.
 */
export default defineConfig([
  {
    ...shared,
    entry: { ...all, 'cli/headgate': 'src/cli/headgate.ts', 'cli/main': 'src/cli/main.ts' },
    format: 'cjs',
    plugins: [
      {
        name: 'require is the one of the file',
        // esbuild calls it through a function that bundlers can't follow, for where there is none.
        renderChunk: (code) => ({
          code: code
            .replace(/^var __require = .*?^\}\);\n/ms, '')
            .replaceAll(/^\s*__require,?\n/gm, '')
            .replaceAll('__require(', 'require('),
        }),
      },
    ],
    // By Rollup, which makes CommonJS of ES modules and leaves `?.` and `??` as they are. No file is loaded for nothing.
    treeshake: { moduleSideEffects: 'no-external' },
    onSuccess: () => Promise.resolve(lightEntries('dist', Object.keys(all))),
  },
  {
    ...shared,
    entry: entriesOf('package.json', 'src', '.ts', 'node'),
    format: 'esm',
    plugins: [
      {
        name: 'no file is loaded for nothing',
        // None of ours does anything when it is loaded, so one that nothing is taken from needs not be.
        renderChunk: (code) => ({ code: code.replaceAll(/^import\s*"\.{1,2}\/[^"]+";/gm, '') }),
      },
    ],
  },
]);
