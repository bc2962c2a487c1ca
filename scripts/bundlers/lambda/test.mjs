// A zip as AWS Lambda takes it: one bundle, and the binary beside it or not; unpacked elsewhere, where its handler is called.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { unzipSync, zipSync } from 'fflate';
import { BINARY, output } from './built.mjs';

const contents = `import { RateLimiter } from 'headgate';
const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
export const handler = async ({ ip }) => ({ statusCode: limiter.allow(ip) ? 200 : 429, body: limiter.backend });`;
const CALL = `const { handler } = require('./index.js');
(async () => console.log(JSON.stringify([await handler({ ip: 'a' }), await handler({ ip: 'a' })])))();`;

const stdin = { contents, resolveDir: import.meta.dirname };
const [bundle] = buildSync({
  stdin,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  write: false,
  logLevel: 'error',
}).outputFiles;

for (const [backend, beside] of [
  ['ts', []],
  ['native', [BINARY]],
]) {
  const files = Object.fromEntries(beside.map((file) => [basename(file), readFileSync(file)]));
  const zip = zipSync({ 'index.js': bundle.contents, ...files });
  const folder = join(mkdtempSync(join(tmpdir(), 'headgate-lambda-')), 'task');
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries(unzipSync(zip))) writeFileSync(join(folder, name), bytes);
  assert.deepEqual(JSON.parse(output(process.execPath, ['-e', CALL], { cwd: folder })), [
    { statusCode: 200, body: backend },
    { statusCode: 429, body: backend },
  ]);
}
