import assert from 'node:assert/strict';
import { output } from './built.mjs';
import { servedElsewhere } from './served.mjs';

const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
output(process.execPath, ['node_modules/next/dist/bin/next', 'build'], { env });
await servedElsewhere('.next/standalone', 'server.js', async (ask) => {
  const hits = [];
  for (let i = 0; i < 2; i++) hits.push(await (await ask('/api/hit')).json());
  assert.deepEqual(hits, [
    { backend: 'native', allowed: true },
    { backend: 'native', allowed: false },
  ]);
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await ask('/')).status);
  assert.deepEqual(statuses, [200, 200, 429]);
});
