/** Failures one after the other that open it. */
const FAILURES_THAT_OPEN = 3;
/** Between two probes: between half as long and one and a half times, so that processes don't probe together. */
const PROBE_EVERY_MS = 200;
/** A probe that is not answered by then has failed. */
const PROBE_WITHIN_MS = 1000;

/**
 * A circuit breaker: after a few failures nothing is sent any more but a probe now and then, one at a time, and it closes
 * with the first one that succeeds.
 */
export class Breaker {
  readonly #probe: () => Promise<unknown>;
  readonly #onOpened: (error: unknown) => void;
  readonly #onClosed: () => void;
  #failures = 0;
  isOpen = false;
  openSince: Date | undefined;
  /** Also of a failure that opened nothing. */
  lastError: unknown;

  constructor(probe: () => Promise<unknown>, onOpened: (error: unknown) => void, onClosed: () => void) {
    this.#probe = probe;
    this.#onOpened = onOpened;
    this.#onClosed = onClosed;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(error: unknown): void {
    this.lastError = error;
    this.#failures++;
    if (this.isOpen || this.#failures < FAILURES_THAT_OPEN) return;
    this.isOpen = true;
    this.openSince = new Date();
    this.#onOpened(error);
    this.#probeLater();
  }

  #probeLater(): void {
    const timer = setTimeout(() => this.#probeNow(), PROBE_EVERY_MS * (0.5 + Math.random()));
    (timer as { unref?(): void }).unref?.();
  }

  #probeNow(): void {
    let isOver = false;
    const end = (then: () => void) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      then();
    };
    // A client may lose what it was given while its connection was lost.
    const timer = setTimeout(() => end(() => this.#probeLater()), PROBE_WITHIN_MS);
    (timer as { unref?(): void }).unref?.();
    this.#probe().then(
      () => end(() => this.#close()),
      () => end(() => this.#probeLater()),
    );
  }

  #close(): void {
    this.isOpen = false;
    this.openSince = undefined;
    this.#failures = 0;
    this.#onClosed();
  }
}
