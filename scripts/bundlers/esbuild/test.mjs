import './bundles.mjs';
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { inject } from 'postject';
import { BINARY, output } from './built.mjs';

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
