import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seal } from '../../../scripts/release/seal.mjs';
import { currentHost } from '../js/host.js';
import { platformsFor } from '../js/platforms.js';

const HERE = join(import.meta.dirname, '..');
const name = platformsFor(currentHost())[0]?.name ?? '';
const binary = join(HERE, `headgate.${name}.node`);
const cannot = existsSync(binary) ? undefined : 'the native engine is not built';
const BLOCK = 4096;

describe.skipIf(cannot)(`a binary that is damaged${cannot === undefined ? '' : ` (skipped: ${cannot})`}`, () => {
  let folder: string;
  let whole: Buffer;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-damaged-'));
    copyFileSync(join(HERE, 'npm', name, 'index.js'), join(folder, 'index.js'));
    whole = readFileSync(binary);
    writeFileSync(join(folder, `headgate.${name}.node`), whole);
    seal(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What loading each of these comes to, in a process of its own. */
  function loading(...files: readonly Uint8Array[]): string[] {
    const code = `for (let i = 0; i < ${files.length}; i++) {
      require('node:fs').copyFileSync('file' + i, 'headgate.${name}.node');
      try { require('./index.js'); console.log('loaded'); } catch (error) { console.log(error.message); }
    }`;
    files.forEach((bytes, i) => {
      writeFileSync(join(folder, `file${i}`), bytes);
    });
    return execFileSync(process.execPath, ['-e', code], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
  }

  it('by its length is an error, and ends no process', () => {
    const lengths = [0, 10, 100, BLOCK, 200_000, whole.length - BLOCK, whole.length - 1];
    loading(...lengths.map((length) => whole.subarray(0, length))).forEach((message, i) => {
      expect(message).toContain(`is damaged: it has ${lengths[i]} bytes in the place of ${whole.length}`);
    });
  });

  it('in any block is an error, and ends no process', () => {
    const ats = Array.from({ length: 40 }, (_, i) => Math.floor(((whole.length - BLOCK) * i) / 39));
    const damaged = ats.map((at) => Buffer.from(whole).fill(0, at, at + BLOCK)).filter((bytes) => !bytes.equals(whole)); // some are nothing but zeros anyway
    const bit = Buffer.from(whole);
    bit.writeUInt8(bit.readUInt8(whole.length >> 1) ^ 1, whole.length >> 1);
    for (const message of loading(...damaged, bit)) expect(message).toContain('is damaged: its checksum is not');
  });

  it('no more is loaded', () => {
    expect(loading(whole)).toEqual(['loaded']);
  });
});
