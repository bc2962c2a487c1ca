// What the tests of bundlers share.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Installed by npm, which takes that of this platform alone. */
const platform = readdirSync('node_modules/@headgate')
  .find((name) => name.startsWith('core-native-'))
  .replace('core-native-', '');
export const BINARY = `node_modules/@headgate/core-native-${platform}/headgate.${platform}.node`;

/** Runs a bundle where nothing else is, beside what is handed over, and asserts which engine decides there. */
export function assertElsewhere(backend, file, beside = []) {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bundle-'));
  for (const each of [file, ...beside]) copyFileSync(each, join(folder, basename(each)));
  assertBackend(backend, join(folder, basename(file)));
  rmSync(folder, { recursive: true });
}

export function assertBackend(backend, file) {
  const printed = output(process.execPath, [file]);
  assert.match(printed, new RegExp(`^${backend} true false`), `${file}: ${printed}`);
}

/** What a command printed; throws where it failed. */
export function output(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}${error ?? ''}`);
  return stdout;
}
