import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { remote } from '@headgate/conformance';
import { conformance } from '@headgate/conformance/vitest';
import { build } from 'tsup';
import { afterAll } from 'vitest';
import { startServer } from './servers.js';

const server = await startServer();
process.env.HEADGATE_TEST_REDIS_PORT = String(server.port);

/** In the package, so that what it imports is found. */
const folder = mkdtempSync(fileURLToPath(new URL('../../node_modules/.laws-', import.meta.url)));
await build({
  config: false,
  entry: { engine: fileURLToPath(new URL('laws-engine.ts', import.meta.url)) },
  outDir: folder,
  format: 'esm',
  external: ['ioredis'],
  noExternal: [/^@headgate\//],
  loader: { '.lua': 'text' },
  silent: true,
  dts: false,
});
const { createEngine, end } = remote({ module: pathToFileURL(join(folder, 'engine.js')).href, export: 'createEngine' });

afterAll(async () => {
  await end();
  await server.kill();
  rmSync(folder, { recursive: true });
});

conformance(createEngine, {
  runs: Number(process.env.HEADGATE_REDIS_RUNS ?? (process.env.CI === 'true' ? 50 : 10)),
  skip: {
    11: 'processes and connections have tests of their own: processes.test.ts',
    18: 'a server has no maxKeys: its memory is bounded by times to live',
    21: 'a server keeps its keys by itself: there are no snapshots',
  },
});
