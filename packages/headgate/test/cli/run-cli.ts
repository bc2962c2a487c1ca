import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../dist/cli/headgate.cjs', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface RunOptions {
  readonly input?: string | Buffer;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs the command line as it was built, in a process of its own. */
export function headgate(args: readonly string[], input: string | Buffer = ''): Promise<Ran> {
  return runCli(CLI, args, { input });
}

/** The same of another copy. */
export async function runCli(cli: string, args: readonly string[], { input = '', cwd, env }: RunOptions): Promise<Ran> {
  const quiet = { NO_COLOR: '1', NODE_OPTIONS: '', NODE_PATH: '', HEADGATE_BACKEND: '' };
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: { ...process.env, ...quiet, ...env } });
  child.stdin.on('error', () => {}); // it may end before it has read all
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'headgate-cli-'));
}
