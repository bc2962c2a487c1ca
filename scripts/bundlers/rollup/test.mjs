import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { assertBackend, assertElsewhere, BINARY } from './built.mjs';

async function build(file, format, options = {}) {
  const plugins = [nodeResolve({ exportConditions: ['node'] }), commonjs()];
  const bundle = await rollup({ input: 'app.mjs', plugins, ...options });
  await bundle.write({ file, format });
}

await build('out/app.mjs', 'esm');
assertElsewhere('ts', 'out/app.mjs');

await build('out/app.cjs', 'cjs');
assertElsewhere('ts', 'out/app.cjs');
assertElsewhere('native', 'out/app.cjs', [BINARY]);

await build('out/external.mjs', 'esm', { external: ['headgate'] });
assertBackend('native', 'out/external.mjs');
