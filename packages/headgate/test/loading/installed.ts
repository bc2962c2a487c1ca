import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { load } from '../../../core-native/js/loader.js';

const packages = fileURLToPath(new URL('../../..', import.meta.url));
const own = join(packages, 'headgate/node_modules');

/** For a process that hangs: none of these tests is about speed. */
export const HANG_MS = 120_000;

/** What the built native engine is called here; `undefined` where none runs. */
export const platform = load()
  .tried.find(({ error }) => error === undefined)
  ?.what.match(/^package @headgate\/core-native-(.*)/)?.[1];

/** A folder that goes when the test has ended, under a name of the caller's choice. */
export function temporary(name = 'project'): { readonly folder: string; [Symbol.dispose](): void } {
  const parent = mkdtempSync(join(tmpdir(), 'headgate-loading-'));
  const folder = join(parent, name);
  mkdirSync(folder);
  return { folder, [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }) };
}

/** Copies what is built into a project's `node_modules`, file by file, as npm does from the tarballs. */
export function install(folder: string): void {
  const scope = join(folder, 'node_modules/@headgate');
  copy(join(packages, 'core-ts'), join(scope, 'core-ts'), ['dist', 'package.json']);
  copy(join(packages, 'core-native'), join(scope, 'core-native'), ['dist', 'package.json']);
  copy(join(packages, 'headgate'), join(folder, 'node_modules/headgate'), ['dist', 'peers', 'package.json']);
  if (platform !== undefined)
    cpSync(join(packages, 'core-native/npm', platform), join(scope, `core-native-${platform}`), { recursive: true });
  for (const other of readdirSync(own).filter((name) => name !== '@headgate' && !name.startsWith('.')))
    symlinkSync(join(own, other), join(folder, 'node_modules', other));
}

function copy(from: string, to: string, files: readonly string[]): void {
  for (const file of files) cpSync(join(from, file), join(to, file), { recursive: true });
}

/** What a script printed, in a process of its own; CommonJS, unless a flag says otherwise. Rejects with its errors. */
export async function run(folder: string, script: string, flags: readonly string[] = []): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_PATH: '', HEADGATE_BACKEND: '' };
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '-e', script], { cwd: folder, env });
  return stdout.trim();
}
