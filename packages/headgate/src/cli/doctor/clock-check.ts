import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from './finding.js';

const READINGS = 100_000;
const WATCHED_MS = 50;
/** The wall clock may be slewed by 500 parts in a million; more than this in so short a time is a step. */
const STEP_MS = 20;

/** The clock that limiters count by goes forward, and the wall clock goes along with it. */
export async function checkClock(): Promise<Finding> {
  const [wall, steady] = [Date.now(), performance.now()];
  let last = performance.now();
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < READINGS; i++) {
    const now = performance.now();
    if (now < last)
      return {
        about: 'clock',
        state: 'broken',
        found: `the monotonic clock went back by ${last - now} ms`,
        advice: 'Limiters stand still until it is where it was: give them a clock of your own.',
      };
    if (now > last) smallest = Math.min(smallest, now - last);
    last = now;
  }
  await sleep(WATCHED_MS);
  const stepMs = Date.now() - wall - (performance.now() - steady);
  if (Math.abs(stepMs) > STEP_MS)
    return {
      about: 'clock',
      state: 'note',
      found: `the wall clock was set by ${Math.round(stepMs)} ms just now; limiters count by the monotonic one, which does not mind`,
    };
  return {
    about: 'clock',
    state: 'ok',
    found: `monotonic, in steps of ${Math.max(1, Math.round(smallest * 1000))} µs or less`,
  };
}
