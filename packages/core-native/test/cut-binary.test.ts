import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentHost } from '../js/host.js';
import { platformsFor } from '../js/platforms.js';

const HERE = join(import.meta.dirname, '..');
const name = platformsFor(currentHost())[0]?.name ?? '';
const binary = join(HERE, `headgate.${name}.node`);
const cannot = !name.startsWith('linux')
  ? 'on Linux alone such a file ends the process'
  : existsSync(binary)
    ? undefined
    : 'the native engine is not built';

describe.skipIf(cannot)(`a binary that was cut${cannot === undefined ? '' : ` (skipped: ${cannot})`}`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-cut-'));
    copyFileSync(join(HERE, 'npm', name, 'index.js'), join(folder, 'index.js'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What loading it comes to, in a process of its own. */
  function loading(bytes: number): string {
    const copy = join(folder, `headgate.${name}.node`);
    copyFileSync(binary, copy);
    truncateSync(copy, bytes);
    const code = `try { require('./index.js'); console.log('loaded'); } catch (error) { console.log(error.message); }`;
    return execFileSync(process.execPath, ['-e', code], { cwd: folder, encoding: 'utf8' });
  }

  it('is an error, and ends no process', () => {
    const { size } = statSync(binary);
    for (const bytes of [100, 4096, 200_000, size - 4096, size - 1])
      expect(loading(bytes)).toContain(`was cut: it has ${bytes} bytes of ${size}`);
    for (const bytes of [0, 10]) expect(loading(bytes)).toContain('file too short');
    expect(loading(size)).toBe('loaded\n');
  });
});
