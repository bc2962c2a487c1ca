// Next's two bundlers, and the two runtimes that what runs before a request may have.
import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { output } from './built.mjs';
import { servedElsewhere } from './served.mjs';

await built('--turbopack'); // with middleware.js, in the edge runtime
rmSync('middleware.js');
renameSync('node-proxy.js', 'proxy.js');
await built('--webpack'); // with proxy.js, in Node

async function built(bundler) {
  rmSync('.next', { recursive: true, force: true });
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
  output(process.execPath, ['node_modules/next/dist/bin/next', 'build', bundler], { env });
  await servedElsewhere('.next/standalone', 'server.js', async (ask) => {
    const hits = [];
    for (let i = 0; i < 2; i++) hits.push(await (await ask('/api/hit')).json());
    assert.deepEqual(
      hits,
      [
        { backend: 'native', allowed: true },
        { backend: 'native', allowed: false },
      ],
      bundler,
    );
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask('/')).status);
    assert.deepEqual(statuses, [200, 200, 429], bundler);
  });
}
