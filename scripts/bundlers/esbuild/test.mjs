import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { buildSync } from 'esbuild';
import { inject } from 'postject';
import { assertBackend, assertElsewhere, BINARY, output } from './built.mjs';

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

// A single executable application: https://nodejs.org/api/single-executable-applications.html
writeFileSync('sea.json', JSON.stringify({ main: 'out/cjs.cjs', output: 'out/app.blob' }));
output(process.execPath, ['--experimental-sea-config', 'sea.json']);
mkdirSync('out/program');
copyFileSync(process.execPath, 'out/program/app');
const sentinelFuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
await inject('out/program/app', 'NODE_SEA_BLOB', readFileSync('out/app.blob'), { sentinelFuse });
assert.match(output('out/program/app', []), /^ts true false/);
copyFileSync(BINARY, `out/program/${basename(BINARY)}`);
assert.match(output('out/program/app', []), /^native true false/);
