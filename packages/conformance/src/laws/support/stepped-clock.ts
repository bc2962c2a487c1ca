import type { Clock } from '@headgate/core-ts';
import { demand } from '../../run/law-broken.js';

/** For those who wait at one time, in steps of 24.8 days. */
const MOST_WAKES = 1000;

interface Wake {
  readonly dueMs: number;
  readonly wake: () => void;
  readonly isTimer: boolean;
}

/** Stands still while promises settle, at each instant that somebody waits for. */
export class SteppedClock implements Clock {
  ms = 0;
  readonly #wakes = new Set<Wake>();

  now(): number {
    return this.ms;
  }

  get timers(): number {
    return [...this.#wakes].filter(({ isTimer }) => isTimer).length;
  }

  after(ms: number, wake: () => void): () => void {
    const due = { dueMs: Math.floor(this.ms) + ms, wake, isTimer: true };
    this.#wakes.add(due);
    return () => this.#wakes.delete(due);
  }

  /** What happens by itself, and is nobody's timer. */
  meanwhile(ms: number, wake: () => void): void {
    this.#wakes.add({ dueMs: this.ms + ms, wake, isTimer: false });
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.ms + ms;
    await settled();
    for (let wakes = 0; ; wakes++) {
      demand(wakes < MOST_WAKES, () => `${wakes} timers for ${ms} ms: it asks again and again`);
      const [next] = [...this.#wakes].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#wakes.delete(next);
      this.ms = Math.max(this.ms, next.dueMs);
      next.wake();
      await settled();
    }
    this.ms = untilMs;
  }
}

/** A law may have put its own in the place of it. */
const realTimeout = globalThis.setTimeout;

/** After the reactions of all promises that are settled now. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else realTimeout(resolve, 0); // browsers and workerd
  });
}
