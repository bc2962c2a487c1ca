// What the scripts share that print a line per check and end with `N passed, N failed`.
import { spawnSync } from 'node:child_process';

/** Against a command that hangs, and nothing else: some fetch packages. */
const HANG_MS = 1_800_000;

/** Counts checks, and prints each as it ends. */
export class Checks {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** Answers whether it passed. */
  outcome(name, passed, why = '') {
    if (passed) this.#passed++;
    else this.#failed++;
    console.log(`${passed ? 'passed' : 'failed'}: ${name}`);
    if (!passed) console.log(why);
    return passed;
  }

  /** A command, by its status. */
  command(name, command, args, cwd, env) {
    const { status, output } = run(command, args, cwd, env);
    return this.outcome(name, status === 0, output);
  }

  /** What it throws, or rejects with, is why it failed. */
  async attempt(name, body) {
    try {
      await body();
    } catch (error) {
      return this.outcome(name, false, error.stack ?? String(error));
    }
    return this.outcome(name, true);
  }

  /** What this machine lacks: told by name, and counted. */
  skipped(name, reason) {
    this.#skipped++;
    console.log(`skipped: ${name} (${reason})`);
  }

  /** Prints the sum, and ends the process with what it says. */
  end() {
    console.log(`${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`);
    process.exit(this.#failed === 0 && this.#passed + this.#skipped > 0 ? 0 : 1);
  }
}

/** `more`: what else `spawnSync` takes. */
export function run(command, args, cwd, env = process.env, more = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: HANG_MS,
    maxBuffer: 1 << 28,
    ...more,
  });
  return { status, stdout, output: `${stdout ?? ''}${stderr ?? ''}${signal ?? ''}${error ?? ''}` };
}
