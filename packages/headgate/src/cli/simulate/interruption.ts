/** Ctrl-C ends the reading, and what has been read by then is told; a second one ends the process. */
export class Interruption {
  #isCalled = false;
  #call: () => void = () => {};
  readonly #called = new Promise<void>((resolve) => {
    this.#call = resolve;
  });
  readonly #listener = () => {
    this.#isCalled = true;
    this.#call();
  };

  constructor() {
    process.once('SIGINT', this.#listener);
  }

  get isCalled(): boolean {
    return this.#isCalled;
  }

  /** Waits for the work, or for Ctrl-C. */
  async or(work: Promise<void>): Promise<void> {
    await Promise.race([work, this.#called]);
  }

  end(): void {
    process.off('SIGINT', this.#listener);
  }
}
