import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { build } from 'vite';
import { assertBackend, assertElsewhere } from './built.mjs';

const shared = { logLevel: 'error', configFile: false };
const ssr = (outDir, options) =>
  build({ ...shared, build: { ssr: 'app.mjs', outDir, ...options.build }, ssr: options.ssr });

// Vite leaves packages out of what it builds for a server, unless it is told not to.
await ssr('out/external', {});
assertBackend('native', 'out/external/app.mjs');
await ssr('out/whole', { ssr: { noExternal: true } });
assertElsewhere('ts', 'out/whole/app.mjs');

// For a page, with none of Node's modules in it.
const lib = { entry: 'app.mjs', formats: ['es'], fileName: () => 'app.mjs' };
await build({ ...shared, build: { lib, outDir: 'out/page' } });
assert.doesNotMatch(readFileSync('out/page/app.mjs', 'utf8'), /node:|process\.dlopen/);
assertElsewhere('ts', 'out/page/app.mjs');
