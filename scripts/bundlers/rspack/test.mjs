import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { rspack } from '@rspack/core';
import { assertBackend, assertElsewhere, BINARY } from './built.mjs';

/** Answers the warnings. */
function build(filename, options = {}) {
  const output = { path: resolve('out'), filename };
  const config = { mode: 'production', target: 'node20', entry: './app.mjs', output, ...options };
  return new Promise((done, fail) => {
    rspack(config, (error, stats) => {
      if (error || stats.hasErrors()) fail(error ?? new Error(stats.toString()));
      else done(stats.toJson({ all: false, warnings: true }).warnings.map(({ message }) => message));
    });
  });
}

for (const warning of await build('app.cjs')) assert.match(warning, /Can't resolve '@headgate\/core-native-/); // other platforms'
assertElsewhere('ts', 'out/app.cjs');
assertElsewhere('native', 'out/app.cjs', [BINARY]);

const externals = { '@headgate/core-native': 'commonjs @headgate/core-native' };
assert.deepEqual(await build('external.cjs', { externals }), []);
assertBackend('native', 'out/external.cjs');
