import { MAX_WINDOW_MS, show } from '@headgate/core-ts';

/**
 * A peer's window as the engine takes it: whole milliseconds, rounded up, at least 1 and at most ten years. So one of
 * 0 ends at once, as it does there. What a multiplication leaves in the sixteenth digit (1.1 hours are
 * 3,960,000.0000000005 ms) is no part of the window.
 *
 * @throws TypeError for what is no number, with its name and value.
 */
export function wholeWindowMs(name: string, windowMs: unknown): number {
  if (typeof windowMs !== 'number' || Number.isNaN(windowMs))
    throw new TypeError(`${name} must be a number of milliseconds, got ${show(windowMs)}`);
  const wholeMs = Number.isInteger(windowMs) ? windowMs : Math.ceil(Number(windowMs.toPrecision(15)));
  return Math.min(Math.max(1, wholeMs), MAX_WINDOW_MS);
}
