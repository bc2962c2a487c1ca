import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import webpack from 'webpack';
import { assertBackend, assertElsewhere, BINARY } from './built.mjs';

/** Answers the warnings. */
function build(path, options) {
  const config = { mode: 'production', target: 'node20', entry: './app.mjs', ...options };
  config.output = { path: resolve(path), ...config.output };
  return new Promise((done, fail) => {
    webpack(config, (error, stats) => {
      if (error || stats.hasErrors()) fail(error ?? new Error(stats.toString()));
      else done(stats.toJson({ all: false, warnings: true }).warnings.map(({ message }) => message));
    });
  });
}

const esm = {
  experiments: { outputModule: true },
  output: { filename: 'app.mjs', module: true, chunkFormat: 'module' },
};
for (const [name, options] of [
  ['app.cjs', { output: { filename: 'app.cjs' } }],
  ['app.mjs', esm],
]) {
  const warnings = await build('out', options);
  for (const warning of warnings) assert.match(warning, /Can't resolve '@headgate\/core-native-/); // other platforms'
  assert.doesNotMatch(readFileSync(`out/${name}`, 'utf8'), /file:\/\//, 'a path of the machine that built it');
  assertElsewhere('ts', `out/${name}`);
  assertElsewhere('native', `out/${name}`, [BINARY]);
}

const externals = { '@headgate/core-native': 'commonjs @headgate/core-native' };
const warnings = await build('out', { externals, output: { filename: 'external.cjs' } });
assert.deepEqual(warnings, []);
assertBackend('native', 'out/external.cjs');
