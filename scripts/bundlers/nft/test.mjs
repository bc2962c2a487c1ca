// What Vercel, Next.js's standalone output and Nitro take along.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeFileTrace } from '@vercel/nft';
import { assertBackend, BINARY } from './built.mjs';

for (const entry of ['app.mjs', 'app.cjs']) {
  const { fileList, warnings } = await nodeFileTrace([entry]);
  assert.ok(fileList.has(BINARY), [...fileList].join('\n'));
  const unexpected = [...warnings].filter(({ message }) => !message.includes('@headgate/core-native-'));
  assert.deepEqual(unexpected, []); // all but the binaries of other platforms was found
  const folder = mkdtempSync(join(tmpdir(), 'headgate-traced-'));
  for (const file of fileList) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(file, join(folder, file));
  }
  assertBackend('native', join(folder, entry));
}
