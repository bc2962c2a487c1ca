import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** More than a slow machine needs, for a start as well as for a round. */
const PATIENCE_MS = 60_000;

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A process that answers one message when it is ready, and one to each of ours. */
export class Child {
  #process;
  #label;
  #said = '';

  constructor(file, args, how) {
    this.#label = [file, ...args].join(' ');
    const stdio = ['ignore', 'inherit', 'pipe', 'ipc'];
    this.#process = fork(new URL(file, import.meta.url), args, { ...how, stdio });
    this.#process.stderr.setEncoding('utf8').on('data', (text) => {
      this.#said += text;
    });
  }

  ask(message) {
    this.#process.send(message);
    return this.answer();
  }

  /** @throws Error where it ends instead, with what it said, or takes too long. */
  async answer() {
    const answered = new AbortController();
    const { signal } = answered;
    const late = setTimeout(() => this.kill(), PATIENCE_MS);
    const ended = once(this.#process, 'close', { signal }).then(([status, by]) => {
      throw new Error(`${this.#label} ended with ${status ?? by}: ${errorIn(this.#said)}`);
    });
    try {
      const [message] = await Promise.race([once(this.#process, 'message', { signal }), ended]);
      return message;
    } finally {
      clearTimeout(late);
      answered.abort(); // takes the other listener away
    }
  }

  kill() {
    this.#process.kill('SIGKILL');
  }
}

/** The line that says what went wrong, without the stack, and without where this checkout is. */
function errorIn(said) {
  const line = said.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? said.trim();
  return line.replaceAll(ROOT, '');
}
