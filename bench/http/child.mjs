import { fork } from 'node:child_process';
import { once } from 'node:events';

/** More than a slow machine needs, for a start as well as for a round. */
const PATIENCE_MS = 60_000;

/** A process that answers one message to each of ours. */
export class Child {
  #process;
  #label;

  constructor(file, args, how) {
    this.#label = [file, ...args].join(' ');
    this.#process = fork(new URL(file, import.meta.url), args, { ...how, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    this.errors = '';
    this.#process.stderr.setEncoding('utf8').on('data', (text) => {
      this.errors += text;
    });
  }

  ask(message) {
    this.#process.send(message);
    return this.answer();
  }

  /** @throws Error where it ends first, with what it said, or takes too long. */
  async answer() {
    const answered = new AbortController();
    const { signal } = answered;
    const late = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE_MS);
    const ended = once(this.#process, 'exit', { signal }).then(([status, by]) => {
      throw new Error(`${this.#label}: ended with ${status ?? by}. ${this.errors}`.trimEnd());
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
