import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';
import { noticesOf } from './scripts/notices.js';

/**
 * The command line, in one file with all that only it needs. The library that it runs on is the one beside it, so that
 * `doctor` tells of that one.
 */
export default defineConfig({
  entry: { 'cli/headgate': 'src/cli/main.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  splitting: false,
  noExternal: ['commander', 'cli-progress'],
  // What is CommonJS within asks for Node's own modules by `require`.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  esbuildPlugins: [
    {
      name: 'notices of what is within',
      setup(build) {
        build.initialOptions.metafile = true;
        build.onEnd(({ metafile }) => {
          if (metafile === undefined) return;
          mkdirSync('dist/cli', { recursive: true });
          writeFileSync('dist/cli/THIRD-PARTY-NOTICES.txt', noticesOf(Object.keys(metafile.inputs), process.cwd()));
        });
      },
    },
    {
      name: 'the library beside it',
      setup(build) {
        build.onResolve({ filter: /^(?:\.\.\/)+index\.js$/ }, () => ({ path: '../index.js', external: true }));
        build.onResolve({ filter: /\/redis\/redis\.js$/ }, () => ({ path: '../redis.js', external: true }));
        // The model alone, without the laws and what draws random scenes for them.
        build.onResolve({ filter: /^@headgate\/conformance\/model$/ }, () => ({
          path: fileURLToPath(new URL('../conformance/src/model/model.ts', import.meta.url)),
        }));
      },
    },
  ],
});
