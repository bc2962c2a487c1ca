import assert from 'node:assert/strict';
import { output } from './built.mjs';

const deno = (...args) => output('node_modules/.bin/deno', args);

assert.match(deno('run', '--allow-all', 'app.mjs'), /^native true false/);
// Without the right to open a binary, or to read a variable.
assert.match(deno('run', '--allow-read', '--no-prompt', 'app.mjs'), /^ts true false/);

assert.equal(deno('run', '--allow-all', 'laws-here.mjs'), 'native keeps 22 laws\n');
assert.equal(deno('run', '--allow-all', 'requests-here.mjs'), '200 0, 429 0\n');
