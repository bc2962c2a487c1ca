import assert from 'node:assert/strict';
import { output } from './built.mjs';
import { servedElsewhere } from './served.mjs';

output(process.execPath, ['node_modules/nitropack/dist/cli/index.mjs', 'build']);
await servedElsewhere('.output', 'server/index.mjs', async (ask) => {
  const hits = [];
  for (let i = 0; i < 2; i++) hits.push(await (await ask('/hit')).json());
  assert.deepEqual(hits, [
    { backend: 'native', allowed: true },
    { backend: 'native', allowed: false },
  ]);
});
