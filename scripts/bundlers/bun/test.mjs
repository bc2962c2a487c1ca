import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from './built.mjs';

const bun = (...args) => output('node_modules/.bin/bun', args);
const RUNS = /^native true false/;

assert.match(bun('app.mjs'), RUNS);
assert.equal(bun('few-keys.mjs'), 'ts\n'); // it is faster there

mkdirSync('out');
bun('build', '--compile', 'app.mjs', '--outfile=out/app');
const elsewhere = join(mkdtempSync(join(tmpdir(), 'headgate-compiled-')), 'app');
renameSync('out/app', elsewhere);
assert.match(output(elsewhere, []), RUNS);

bun('build', 'app.mjs', '--target=bun', '--outdir=out/built');
assert.match(bun('out/built/app.js'), RUNS);

assert.equal(bun('redis.mjs'), '10 7 8 10\nBackendUnavailableError\n');

assert.equal(bun('laws-here.mjs'), 'native keeps 23 laws\n');
assert.equal(bun('requests-here.mjs'), '200 0, 429 0\n');
