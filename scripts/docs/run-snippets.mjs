import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Against an example that never ends, and nothing else. */
const HANG_MS = 300_000;
const AT_A_TIME = 2;
const world = fileURLToPath(new URL('snippet-world.mjs', import.meta.url));

/** Runs each in a process of its own; answers those that failed, with what they printed. */
export async function runAll(work, snippets) {
  const failures = new Map();
  const left = [...snippets];
  const runNext = async () => {
    for (let snippet = left.shift(); snippet !== undefined; snippet = left.shift()) {
      const why = await run(join(work, snippet.path.replace(/\.ts$/, '.mjs')));
      if (why !== undefined) failures.set(snippet, why);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, runNext));
  return failures;
}

async function run(file) {
  const isTest = basename(file).includes('.test.');
  const args = isTest ? ['--test', file] : ['--import', world, file];
  try {
    await promisify(execFile)(process.execPath, args, { timeout: HANG_MS });
  } catch (error) {
    return `${error.message}\n${error.stdout}`;
  }
}
