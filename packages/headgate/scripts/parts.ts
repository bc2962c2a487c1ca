import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Options } from 'tsup';

const model = fileURLToPath(new URL('../../conformance/src/model/model.ts', import.meta.url));

/** What is not bundled as it stands. */
export const parts: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'parts',
  setup(build) {
    // Scripts of Redis without their comments and indents.
    build.onLoad({ filter: /\.lua$/ }, ({ path }) => ({
      loader: 'text',
      contents: readFileSync(path, 'utf8').replaceAll(/^\s*(?:--.*)?\n|^\s+/gm, ''),
    }));
    // The model alone, without the laws and what draws random scenes for them.
    build.onResolve({ filter: /^@headgate\/conformance\/model$/ }, () => ({ path: model }));
    // How wide a progress bar is: ours has no emoji, and the table of them is as long as the bar's own code.
    build.onResolve({ filter: /^emoji-regex$/ }, () => ({ path: 'no emoji', namespace: 'parts' }));
    build.onLoad({ filter: /^no emoji$/, namespace: 'parts' }, () => ({ contents: 'module.exports = () => /(?!)/g;' }));
  },
};
