// Each format that esbuild makes, run beside what was installed and where nothing else is.
import { buildSync } from 'esbuild';
import { assertBackend, assertElsewhere, BINARY } from './built.mjs';

const build = (options) =>
  buildSync({ entryPoints: ['app.mjs'], bundle: true, platform: 'node', logLevel: 'error', ...options });
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

for (const format of ['cjs', 'iife']) {
  const outfile = `out/${format}.cjs`;
  build({ format, outfile });
  assertElsewhere('ts', outfile);
  assertElsewhere('native', outfile, [BINARY]);
}

build({ format: 'esm', outfile: 'out/esm.mjs' });
assertElsewhere('ts', 'out/esm.mjs');

const external = { format: 'esm', external: ['@headgate/core-native'], banner: { js: REQUIRE } };
build({ ...external, outfile: 'out/external.mjs' });
assertBackend('native', 'out/external.mjs');
assertElsewhere('ts', 'out/external.mjs');

build({ format: 'cjs', external: ['@headgate/core-native'], outfile: 'out/external.cjs' });
assertBackend('native', 'out/external.cjs');

for (const platform of ['browser', 'neutral']) {
  build({ platform, format: 'esm', mainFields: ['module', 'main'], outfile: `out/${platform}.mjs` });
  assertElsewhere('ts', `out/${platform}.mjs`);
}
