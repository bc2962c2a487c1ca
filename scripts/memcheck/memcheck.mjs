// Runs the native engine under valgrind's memcheck: a read or write outside of what is its own ends with status 1.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const exercise = fileURLToPath(new URL('exercise.mjs', import.meta.url));
// V8 compiles as it runs, which valgrind can't follow; interpreted, it can.
const run = spawnSync('valgrind', ['--error-exitcode=1', '--leak-check=no', process.execPath, '--jitless', exercise], {
  stdio: 'inherit',
});
if (run.error) console.log(`valgrind does not run here: ${run.error.message}`);
process.exit(run.status ?? 1);
