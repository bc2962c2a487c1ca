import { RateLimitExceeded, type Wait } from '@headgate/core-ts';
import type { RemoteDecision } from './remote-engine.js';

/** The longest that `setTimeout` takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Who waits asks so much later at random, in parts of the wait, so that no process is always first. */
const JITTER = 0.05;
const MOST_JITTER_MS = 20;

/** Who waits for a key in this process, in the order in which they came. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Resolves with what was taken, once it was allowed.
   *
   * @param foresee whether the cost fits now
   * @param take takes it
   */
  async wait<T>(
    key: string,
    { maxWaitMs, signal }: Wait,
    foresee: () => Promise<RemoteDecision>,
    take: () => Promise<T>,
    decisionOf: (taken: T) => RemoteDecision,
  ): Promise<T> {
    if (signal?.aborted) throw signal.reason;
    const untilMs = performance.now() + maxWaitMs;
    const before = this.#last.get(key);
    const turn = (async () => {
      await before?.catch(() => undefined);
      for (;;) {
        if (signal?.aborted) throw signal.reason;
        const foreseen = await foresee();
        const leftMs = untilMs - performance.now();
        if (foreseen.allowed) {
          const taken = await take();
          if (decisionOf(taken).allowed) return taken;
        } else if (isTooLong(foreseen.retryAfterMs, leftMs)) throw new RateLimitExceeded(key, foreseen);
        else await pause(foreseen.retryAfterMs, signal);
      }
    })();
    this.#last.set(key, turn);
    try {
      return await (before === undefined ? turn : outOfPatience(turn, foresee, key, maxWaitMs, signal));
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
}

/** Also for a cost that can never fit, of one who would wait for ever. */
function isTooLong(ms: number, leftMs: number): boolean {
  return ms === Number.POSITIVE_INFINITY || ms > Math.max(0, leftMs);
}

/** Of one behind others: ends when its own time is over, whoever is before it. */
function outOfPatience<T>(
  turn: Promise<T>,
  foresee: () => Promise<RemoteDecision>,
  key: string,
  maxWaitMs: number,
  signal: Wait['signal'],
): Promise<T> {
  return new Promise((resolve, reject) => {
    const isBounded = maxWaitMs <= LONGEST_TIMER_MS;
    const late = () =>
      foresee().then((told) => reject(new RateLimitExceeded(key, { ...told, allowed: false })), reject);
    const timer = isBounded ? setTimeout(late, maxWaitMs) : undefined;
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    turn.finally(end).then(resolve, reject);
  });
}

function pause(ms: number, signal: Wait['signal']): Promise<void> {
  const jitterMs = Math.random() * Math.min(MOST_JITTER_MS, ms * JITTER);
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      },
      Math.min(ms + jitterMs, LONGEST_TIMER_MS),
    );
    signal?.addEventListener('abort', abort);
  });
}
