import { setMaxListeners } from 'node:events';

/** Ctrl-C ends the reading, and what has been read by then is told; a second one ends the process. */
export class Interruption {
  readonly #controller = new AbortController();
  #call: () => void = () => {};
  readonly #called = new Promise<void>((resolve) => {
    this.#call = resolve;
  });
  readonly #listener = () => {
    this.#controller.abort();
    this.#call();
  };

  constructor() {
    setMaxListeners(0, this.signal); // every log listens
    process.once('SIGINT', this.#listener);
  }

  get isCalled(): boolean {
    return this.signal.aborted;
  }

  /** Aborts with it: what is still open would keep the process. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for the work, or for Ctrl-C. */
  async or(work: Promise<void>): Promise<void> {
    await Promise.race([work, this.#called]);
  }

  end(): void {
    process.off('SIGINT', this.#listener);
  }
}
